/** Why a statement is refused, by code; specs/statements.md, Error codes. The texts may be shown to people. */
export const statementErrors = {
  malformed: "This is not a statement in its one canonical form.",
  "too-large": "This statement is larger than its kind allows.",
  kind: "This is another kind of statement than expected.",
  body: "A field of this statement is missing, unknown or out of range.",
  unsupported: "This statement asks for something that this version does not have.",
  signature: "This statement is not signed by the key that must sign it.",
  account: "This statement belongs to another account.",
  audience: "This statement was made for another keyholder.",
  genesis: "The first statement of an account must be its key statement, and only the first.",
  "owner-untrusted": "This account's owner key is not the one that was trusted before.",
  "chain-gap": "Statements are missing before this one.",
  "chain-conflict": "This statement does not follow the newest one. Another device may have changed something.",
  duplicate: "This very statement was accepted before.",
  "key-changed": "Owner key, revocation key, identity and epoch cannot change in this version.",
  "unsafe-key": "A key in this statement is not a safe Ed25519 key, or is used twice.",
  "too-many-devices": "An account has at most 64 devices.",
  "too-many-delegates": "An account has at most 16 keys that may only check in.",
  "device-unknown": "This key is not certified by the owner key.",
  "device-revoked": "This key was revoked and is never certified again.",
  "pin-unknown": "The policy names a pinned key that is not in this account's chain.",
  "pin-superseded": "The policy names a pinned key that was replaced since.",
  "verified-differs": "The policy says something else than the pin about how the key was verified.",
  unverified: "A recipient's key was not verified, and the policy does not accept that.",
  times: "A time in this statement is outside its limits.",
  operators: "Two different operators must sign the very same.",
  generation: "This generation does not follow the earlier ones of the bequest.",
  "generation-reused": "Keys or sealed parts of one generation or person are used for another.",
  kit: "The signature by the recovery kit is not right for this arming.",
  "not-first": "The recovery kit signs a bequest's first arming only.",
  mseq: "This manifest is not newer than the one before it.",
  "policy-unknown": "The policy that this names is not in this account's chain.",
  purpose: "This challenge is for another purpose.",
  expired: "This has expired.",
  "head-behind": "The keyholder knows less than this device does.",
  mismatch: "The keyholder's answer is about something else.",
  mode: "Demo and real keyholders never stand in for each other.",
} as const;

export type StatementErrorCode = keyof typeof statementErrors;

/** A statement is refused. `detail` names the field or rule and never holds its content. */
export class StatementError extends Error {
  readonly code: StatementErrorCode;
  readonly detail: string;
  override readonly name = "StatementError";

  constructor(code: StatementErrorCode, detail = "", cause?: unknown) {
    super(statementErrors[code] + (detail === "" ? "" : ` (${detail})`), cause === undefined ? undefined : { cause });
    this.code = code;
    this.detail = detail;
  }
}

/** Throws StatementError with `code` unless `holds`. */
export function expectThat(holds: boolean, code: StatementErrorCode, detail = ""): asserts holds {
  if (!holds) throw new StatementError(code, detail);
}
