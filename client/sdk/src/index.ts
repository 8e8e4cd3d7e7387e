export { type Afterkeep, type AfterkeepOptions, createAfterkeep } from "./afterkeep.ts";
export {
  NotReceiptedError,
  PassphraseError,
  ProblemError,
  type RefusalCode,
  RefusedError,
  SdkError,
  UnavailableError,
} from "./errors.ts";
export {
  memoryStore,
  type PinnedKeyholder,
  type ProfileStore,
  type RememberedOwner,
  type StoredProfile,
  type StoredSecrets,
} from "./profile.ts";
export type { DeviceKeyKeeper } from "./device.ts";
export { fingerprint, type ServerInfo } from "./server-info.ts";
export { judgePassphrase, minPassphraseLength, type PassphraseVerdict } from "./passphrase.ts";
export type { RecoveryKitPage } from "./kit.ts";
export { isKitOfUse } from "./kit-of-use.ts";
export { kitWordCount, kitWordsIn } from "./kit-words.ts";
export type { PendingSignUp, SignedUp, SignUpRequest } from "./sign-up.ts";
export type { PendingSignIn } from "./sign-in.ts";
export type { AccountInfo, SessionInfo } from "./account.ts";
export type { SealOptions } from "./seal.ts";
export type { SealProgress } from "./seal-progress.ts";
export type { RestartReason } from "./upload-errors.ts";
export { itemFromFile, itemFromNote, type SealItem } from "./seal-item.ts";
export { itemFromRecord, readRecord } from "./record-item.ts";
export type { PendingUpload } from "./pending-uploads.ts";
export { type JournalledPart, type JournalledUpload, memoryJournal, type UploadJournal } from "./upload-journal.ts";
export { memoryLocks, type Release, type UploadLocks } from "./upload-locks.ts";
export type { DocumentInfo } from "./document-info.ts";
export type { AgeExport, DocumentList, RangeOptions, VersionChoice } from "./documents.ts";
export type { DownloadOptions, OpenedDocument } from "./verify-rows.ts";
export type { OpenedRanges } from "./read-verified.ts";
export type { DocumentChange } from "./change-documents.ts";
export type { DocumentVersion } from "./versions.ts";
export type { VersionPolicy } from "./version-policy.ts";
export { searchDocuments } from "./search.ts";
export { readAll, readText } from "./read-stream.ts";
export type { PinRequest, RecipientInfo, Verified } from "./recipients.ts";
export type { BequestDraft, SwitchTimes } from "./labels.ts";
export { requestsOf, weakMaxOf, weakOf } from "./policy-limits.ts";
export { type DelegateKey, delegateStore, readDelegateKey, writeDelegateKey } from "./delegate-key.ts";
export type { DelegateInfo } from "./delegates.ts";
export type { BequestInfo, BequestState } from "./bequests.ts";
export type { ArmedPerson, ArmPreview } from "./arm-preview.ts";
export type { ArmOptions, ArmStep } from "./arm.ts";
export { type CheckInResult, type CheckInRow, earliestOfRow } from "./check-in-result.ts";
export type { RestoreNotice } from "./restored.ts";
export type { LooseningInfo } from "./loosenings.ts";
export type { PendingRequest } from "./check-in.ts";
export type { Receipt } from "./receipt.ts";
export type { FreezeInfo, FreezeOrder } from "./operator.ts";
export type { OutageInfo, StatusInfo, SwitchInfo } from "./status.ts";
export type { VerifiedLeaf, VerifiedLog } from "./log.ts";
export type { RecipientView, ReleaseInfo } from "./recipient-session.ts";
export type { Accepted, UnlockWith } from "./recipient-key.ts";
export type { OpenedRelease } from "./release.ts";
export { type BundleOptions, saveBundle } from "./bundle.ts";
export type { BundleSink } from "./bundle-sink.ts";
export { dayMs, defaultTimes, hourMs, type WeakClass, weakClasses } from "@afterkeep/switch";
export {
  type DocumentRecord,
  letterTemplate,
  maxThumbnail,
  type RecordField,
  type RecordFieldKind,
  recordFieldKinds,
  recordMediaType,
  type RecordTemplate,
  recordTemplates,
} from "@afterkeep/formats";
