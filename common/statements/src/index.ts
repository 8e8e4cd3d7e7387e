export * from "./bodies.ts";
export * from "./fields.ts";
export { StatementError, type StatementErrorCode, statementErrors } from "./errors.ts";
export { type OpenedStatement, signedStatement, type StatementSigner } from "./sign.ts";
export { type KeyOrResolver, openStatement, readStatement, statementIdOf, statementKindOf } from "./open.ts";
export { attestedSignId } from "./attested.ts";
export { tokenCheckInId, tokenHash } from "./token.ts";
export {
  type AccountView,
  type Head,
  isDisarmed,
  type KnownDisarm,
  type KnownManifest,
  type KnownPause,
  latestPin,
  latestPolicy,
  manifestByHash,
  manifestPlace,
  newestManifest,
  pinById,
  policyById,
} from "./account-view.ts";
export {
  type BesideKind,
  besideKinds,
  type ChainTrust,
  type ControlKind,
  controlKinds,
  extendChain,
  verifyChain,
} from "./chain.ts";
export {
  type HeadRelation,
  judgeCheckIn,
  openCheckIn,
  relateHead,
  type VerifiedCheckIn,
  verifyCheckIn,
} from "./check-in.ts";
export { withKitSignature } from "./kit-arming.ts";
export { type FreezeOrderExpectation, verifyFreezeOrder } from "./freeze-order.ts";
export { switchPolicyOf } from "./switch-policy.ts";
export { NotReceiptedError, type NotReceiptedReason, notReceiptedReasons } from "./not-receipted.ts";
export {
  firstEpoch,
  isAbove,
  type Receipt,
  type ReceiptExpectation,
  type SeenCounter,
  type VerifiedReceipt,
  verifyReceipt,
} from "./receipt.ts";
export {
  type ChallengeExpectation,
  type ReleaseExpectation,
  verifyAsked,
  verifyChallenge,
  verifyDepositKey,
  verifyFreezeState,
  verifyImported,
  verifyRelease,
  verifyWithdrawn,
} from "./keyholder-statements.ts";
