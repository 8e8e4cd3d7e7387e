export { decodeJcs, decodeJcsObject, encodeJcs, isJcsObject, type JcsObject, type JcsValue } from "./jcs.ts";
export {
  bytesField,
  countField,
  type Field,
  idField,
  jcsCodec,
  type JcsCodec,
  listField,
  objectField,
  optionalBytesField,
  parsedField,
  textField,
} from "./shape.ts";
export {
  type ParsedStatement,
  parseStatement,
  peekStatementKind,
  signStatement,
  signStatementWith,
  statementId,
  type StatementKind,
  type StatementSigner,
  verifyParsedStatement,
  verifyStatement,
} from "./jws.ts";
export {
  type AgeIdentity,
  type AgeKeyKind,
  type AgeRecipient,
  generateIdentity,
  identityKind,
  parseHybridRecipient,
  parseIdentity,
  parseRecipient,
  recipientKind,
  recipientOf,
} from "./age-keys.ts";
export {
  encodeHeader,
  fileKeyLength,
  isHeaderOfFileKey,
  maxHeaderLength,
  type ParsedHeader,
  parseHeader,
  type Stanza,
} from "./age-header.ts";
export { createHeader, expectUniformStanzas, newFileKey, openHeader, stanzaClass, unwrapFileKey } from "./file-key.ts";
export { ageOpenMine, ageOpenSmall, ageSealSmall, maxSmallFile } from "./age-small.ts";
export {
  type ChunkAead,
  chunkLength,
  chunkNonce,
  openChunk,
  openPayload,
  payloadKey,
  payloadLength,
  payloadNonceLength,
  plaintextLength,
  sealChunk,
  sealedChunkLength,
  sealPayload,
  StreamDecryptor,
  StreamEncryptor,
} from "./stream.ts";
export {
  decodeMetadata,
  type DocumentMetadata,
  type DocumentKind,
  encodeMetadata,
  fkCommit,
  type MetadataPlace,
  metaHash,
} from "./metadata.ts";
export { padContent, unpadContent } from "./padded.ts";
export { passkeyPrfInput, rootKeyLength, type SlotKind, type SlotPlace, unwrapRootKey, wrapRootKey } from "./slots.ts";
export { type Keyring, keyringHash, unwrapKeyring, wrapKeyring } from "./keyring.ts";
export { formatRecoveryKit, kitRevocationKey, parseRecoveryKit, type RecoveryKit } from "./recovery-kit.ts";
export {
  type BequestContext,
  bequestContext,
  bequestContextLength,
  type BequestPlace,
  recipientHash,
} from "./bequest.ts";
export { contactCommit, manifestHash, partHash, shareCommit } from "./commitments.ts";
export {
  gateKeyLength,
  type GatePath,
  openInner,
  openOuter,
  openPath,
  sealInner,
  sealOuter,
  sealPath,
  shareLength,
  switchPath,
} from "./gate.ts";
export { type Deposit, depositHash, openDeposit, sealDeposit } from "./deposit.ts";
export {
  type AskChallenge,
  type Grant,
  openAskChallenge,
  openGrant,
  openProofChallenge,
  type ProofChallenge,
  sealAskChallenge,
  sealGrant,
  sealProofChallenge,
} from "./grant.ts";
export {
  type Manifest,
  type ManifestEntry,
  maxManifestLength,
  maxMessageLength,
  openManifest,
  sealManifest,
  sortEntries,
} from "./manifest.ts";
export { type SealedRecord, sealedRecord } from "./sealed-record.ts";
export { type ContactDeposit, contactDepositCommit, openContactDeposit, sealContactDeposit } from "./contact.ts";
export { maxSealedThumbnail, maxThumbnail, openThumbnail, sealThumbnail } from "./thumbnail.ts";
export { identityOfWords, identityWords } from "./identity-words.ts";
export {
  type DocumentRecord,
  encodeRecord,
  parseRecord,
  type RecordField,
  recordLimits,
  recordMediaType,
} from "./record.ts";
export {
  isRecordTemplate,
  letterTemplate,
  type RecordFieldKind,
  recordFieldKinds,
  type RecordTemplate,
  recordTemplateNames,
  recordTemplates,
  type TemplateField,
} from "./record-templates.ts";
