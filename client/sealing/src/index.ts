export { type ByteSource, collectBytes, readParts, streamOf } from "./bytes-source.ts";
export { SourceSizeError, WorkFactorError } from "./errors.ts";
export type { PayloadEngine } from "./payload-engine.ts";
export { newSha256, payloadEngine } from "#engine";
export { decodePlan, encodePlan, planDocument, type PlanRequest, type SealingPlan } from "./sealing-plan.ts";
export { type SealedObject, sealObject, type SealOptions } from "./seal-object.ts";
export { openDocument, openDocumentHeader, type OpenedHeader, type StoredDocument } from "./open-document.ts";
export { openRanges, type RangeReader } from "./open-ranges.ts";
export { openDocumentThumbnail } from "./open-thumbnail.ts";
export { type FetchRange, type OpenOptions, verifiedPayload } from "./verified-slices.ts";
export { type ExportedFile, exportDocument, type ExportOptions } from "./export-document.ts";
export { type LabelPlace, openLabel, sealLabel } from "./label.ts";
export { buildGeneration, type Generation, type GenerationPart, type GenerationRequest } from "./generation.ts";
export {
  answerAsk,
  answerProof,
  type GrantedParts,
  type OpenedGeneration,
  openGeneration,
  type SignedPart,
} from "./open-generation.ts";
export { openRecipientSlot, type RecipientSlot, type RecipientSecrets, sealRecipientSlot } from "./recipient-slot.ts";
export { wordsOf } from "./key-words.ts";
export { type BroughtKey, formatKeyFile, type KeyFile, parseKeyFile, parseTypedKey } from "./key-file.ts";
export { openPassphraseFile, sealPassphraseFile } from "./passphrase-file.ts";
export { type CheckedRows, checkRows, type VerifiedRow } from "./verify-rows.ts";
export { openReleasedBequest, type ReleaseAnswers, type ReleasedBequest, type ReleaseRequest } from "./open-release.ts";
export { ForeignOwnerError, ManifestMissingError, ReleaseMismatchError, WrongKeyError } from "./release-errors.ts";
export { documentToSave, type DocumentToSave } from "./save-document.ts";
export { decodeReleaseFile, encodeReleaseFile, type ReleaseFile, savedPath, type SavedRow } from "./release-file.ts";
export { openSavedDocument, openSavedRelease, type SavedDocument, type SavedFolder } from "./open-saved-release.ts";
export { type SavedFile, savedRowOf } from "./saved-file.ts";
