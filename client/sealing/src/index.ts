export { type ByteSource, collectBytes, readParts, streamOf } from "./bytes-source.ts";
export { SourceSizeError } from "./errors.ts";
export type { NativeCrypto } from "./native.ts";
export { nativeCrypto } from "#native";
export { type SealedDocument, sealDocument, type SealRequest } from "./seal-document.ts";
export {
  type FetchRange,
  openDocument,
  openDocumentHeader,
  type OpenedHeader,
  type OpenOptions,
  type StoredDocument,
  verifiedPayload,
} from "./open-document.ts";
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
