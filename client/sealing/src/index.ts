export { type ByteSource, collectBytes, readParts, streamOf } from "./bytes-source.ts";
export { SourceSizeError } from "./errors.ts";
export type { NativeCrypto } from "./native.ts";
export { nativeCrypto } from "#native";
export { decodePlan, encodePlan, planDocument, type PlanRequest, type SealingPlan } from "./sealing-plan.ts";
export { type SealedObject, sealObject, type SealOptions } from "./seal-object.ts";
export { openDocument, openDocumentHeader, type OpenedHeader, type StoredDocument } from "./open-document.ts";
export { openRange } from "./open-range.ts";
export { openDocumentThumbnail } from "./open-thumbnail.ts";
export { type FetchRange, type OpenOptions, verifiedPayload } from "./verified-slices.ts";
export { type ExportedFile, exportDocument, type ExportOptions } from "./export-document.ts";
export { type LabelPlace, openLabel, sealLabel } from "./label.ts";
export { buildGeneration, type Generation, type GenerationPart, type GenerationRequest } from "./generation.ts";
export {
  answerProof,
  type GrantedParts,
  type OpenedGeneration,
  openGeneration,
  type SignedPart,
} from "./open-generation.ts";
export { openRecipientSlot, type RecipientSlot, type RecipientSecrets, sealRecipientSlot } from "./recipient-slot.ts";
