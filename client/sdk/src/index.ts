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
export type { PendingSignUp, SignedUp, SignUpRequest } from "./sign-up.ts";
export type { PendingSignIn } from "./sign-in.ts";
export type { AccountInfo, SessionInfo } from "./account.ts";
export { type SealItem, type SealOptions, type SealProgress } from "./seal.ts";
export { itemFromFile, itemFromNote } from "./seal-item.ts";
export type { AgeExport, DocumentInfo, DocumentList, DownloadOptions, OpenedDocument } from "./documents.ts";
export { readAll, readText } from "./read-stream.ts";
export type { PinRequest, RecipientInfo, Verified } from "./recipients.ts";
export type { BequestDraft, SwitchTimes } from "./labels.ts";
export type { BequestInfo, BequestState } from "./bequests.ts";
export type { ArmedPerson, ArmPreview } from "./arm-preview.ts";
export type { ArmOptions, ArmStep } from "./arm.ts";
export type { CheckInResult, CheckInRow } from "./check-in-result.ts";
export type { Receipt } from "./receipt.ts";
export type { StatusInfo, SwitchInfo } from "./status.ts";
export type { VerifiedLeaf, VerifiedLog } from "./log.ts";
export type { RecipientView, ReleaseInfo } from "./recipient-session.ts";
export type { Accepted, UnlockWith } from "./recipient-key.ts";
export type { OpenedRelease } from "./release.ts";
export { type BundleOptions, type BundleSink, saveBundle } from "./bundle.ts";
export { dayMs, defaultTimes, hourMs } from "@afterkeep/switch";
