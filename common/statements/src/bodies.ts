import {
  releaseTriggers,
  reminderPhases,
  signClasses,
  slotStages,
  switchStates,
  waitsForValues,
} from "@afterkeep/switch";
import { z } from "zod";
import {
  absentList,
  absentText,
  countField,
  hashField,
  headField,
  idField,
  issuedAtField,
  msField,
  recipientField,
  signatureField,
} from "./fields.ts";

/** What every statement of the control chain carries (protocol §4): audience, freshness, and its place in the chain. */
const controlFields = {
  aud: hashField,
  account: idField,
  challenge: hashField,
  seq: countField,
  prev: hashField,
  iat: issuedAtField,
};

export const verifiedField = z.enum(["none", "words", "qr"]);
export const signClassField = z.enum(signClasses);

/** Genesis (seq 0) or a later addition of devices. Signed by `ownerKey`, which never changes in this version. */
export const keyBody = z.strictObject({
  ...controlFields,
  epoch: countField,
  ownerKey: hashField,
  revocationKey: hashField,
  identity: recipientField,
  keyring: hashField,
  devices: z.array(z.strictObject({ key: hashField })).max(64),
});

/** A key that may check in weakly and do nothing else: a job's, an appliance's. Signed by the owner key. */
export const delegateBody = z.strictObject({ ...controlFields, key: hashField });

/** A person whose key the owner looked at. `verified: none` blocks arming unless the policy accepts it. */
export const pinBody = z.strictObject({
  ...controlFields,
  r: idField,
  ageKey: recipientField,
  signingKey: absentText,
  verified: verifiedField,
  contact: hashField,
});

export const timesField = z.strictObject({
  interval: msField,
  reminders: z.array(msField).min(1).max(16),
  grace: msField,
  lastCall: msField,
});

export const policyRecipientField = z.strictObject({
  r: idField,
  pin: hashField,
  verified: verifiedField,
  delay: msField,
  outerHash: hashField,
  shareCommit: hashField,
  paths: z.array(z.strictObject({ path: z.literal(1), mask: z.literal(1), pathHash: hashField })).length(1),
  gCommits: absentList,
  gSecretCommit: absentText,
});

/** One per bequest: who receives, under which times, through which generation. Its statement id is the `policyHash`. */
export const policyBody = z.strictObject({
  ...controlFields,
  b: idField,
  g: countField,
  bi: recipientField,
  recipients: z.array(policyRecipientField).min(1).max(64),
  times: timesField,
  classes: z.array(signClassField).min(1).max(signClasses.length),
  weakMax: msField,
  unreachableExtra: msField,
  contacts: z.array(hashField).min(1).max(8),
  acceptUnverified: z.boolean(),
  acceptNoGuardians: z.literal(true),
  guardians: absentList,
  /** Recipients who may ask for the bequest, and how long the owner has to refuse (attended ms). */
  requests: z.array(z.strictObject({ r: idField, wait: msField })).max(64),
  alternates: absentList,
  secondDoor: absentList,
  timelock: absentText,
  keyholders: z.array(hashField).length(1),
  k: z.literal(1),
  n: z.literal(1),
  /** Only where the recovery kit's key signed the first arming too: over everything else of this policy. Binds sooner, and nothing else. */
  kit: signatureField.optional(),
});

export const manifestBody = z.strictObject({
  ...controlFields,
  b: idField,
  g: countField,
  mseq: countField,
  manifestHash: hashField,
});

/** Stricter, so accepted at any earlier head: no seq, no prev. Signed by the owner key alone. */
export const disarmBody = z.strictObject({
  aud: hashField,
  account: idField,
  challenge: hashField,
  scope: z.enum(["bequest", "account"]),
  b: z.union([idField, absentText]),
  policyHash: z.union([hashField, absentText]),
  iat: issuedAtField,
});

/** Stricter, as a disarm: nothing of its scope is released for a while. `forMs` 0 ends a pause. Signed by the owner key alone. */
export const pauseBody = z.strictObject({
  ...disarmBody.shape,
  /** Attended ms from acceptance on. */
  forMs: msField,
});

/** Stricter: the owner says no to what recipients ask now, of one bequest or of all. A check-in without an answer says the same of all. */
export const refuseBody = disarmBody;

/** Stricter: the check-ins of a device or a delegate count no more, and it is never certified again. Signed by the owner key alone. */
export const revokeDeviceBody = z.strictObject({
  aud: hashField,
  account: idField,
  challenge: hashField,
  deviceKey: hashField,
  iat: issuedAtField,
});

export const checkInBody = z.strictObject({
  aud: hashField,
  account: idField,
  /** The key that signs, a device's or a delegate's. Which of the two it is the chain says, never the signer. */
  deviceKey: hashField,
  challenge: hashField,
  nonce: hashField,
  seenHead: headField,
  seenCheckpoint: z.string().max(1024),
  /** What the owner lets go on: a request that is not answered is refused by a signed sign. As many as fit a check-in's 8 KiB with its blob. */
  answers: z.array(z.strictObject({ request: idField, answer: z.literal("leave") })).max(16),
  blob: z.string().min(1).max(4096),
  iat: issuedAtField,
});

// --- What the keyholder says -------------------------------------------------------------------------------------

export const keyholderMode = z.enum(["real", "demo"]);
export const probeKind = z.enum(["outside", "public", "lan", "self"]);
/** As in common/switch; receipts have no row for a `draft`. */
export const switchStateField = z.enum(switchStates);

export const pendingRequest = z.strictObject({ request: idField, b: idField, r: idField, left: msField });

export const reminderPhaseField = z.enum(reminderPhases);
export const slotStageField = z.enum(slotStages);
/** Why nothing moves; `probe`: the keyholder cannot reach its own public address. */
export const waitsForField = z.enum([...waitsForValues, "probe"]);

export const challengeBody = z.strictObject({
  aud: hashField,
  account: idField,
  purpose: z.enum(["control", "stricter", "checkin"]),
  challenge: hashField,
  expires: msField,
  /** Before genesis: seq 0 with the zero hash, which names no statement (canonical JSON here has no negative numbers). */
  head: headField,
  blobKey: recipientField,
  /** Requests that wait for an answer. */
  pending: z.array(pendingRequest).max(64),
});

export const receiptRow = z.strictObject({
  b: idField,
  g: countField,
  policyHash: hashField,
  manifestHash: hashField,
  state: switchStateField,
  used: msField,
  left: msField,
  /** True lower bounds in wall time (ms), `request` also of requests that are still to come; 0 where nothing runs or nobody may ask. */
  earliest: z.strictObject({ silence: msField, request: msField }),
});

/**
 * The answer to an accepted statement, after fsync. `statement` and `nonce` echo what was sent (`nonce` is the
 * statement's challenge where it has none of its own).
 */
export const receiptBody = z.strictObject({
  account: idField,
  statement: hashField,
  nonce: hashField,
  epoch: countField,
  counter: countField,
  head: headField,
  mode: keyholderMode,
  probe: probeKind,
  at: msField,
  rows: z.array(receiptRow).max(64),
  pending: z.strictObject({
    requests: z.array(pendingRequest).max(64),
    loosenings: z.array(z.strictObject({ b: idField, policyHash: hashField, left: msField })).max(64),
  }),
  nextKey: hashField,
  /**
   * Only for a sign of a delegate or an attested one: the bequests that counted it, and for how long such signs still can unless the owner signs
   * (attended ms). Every other bequest of the receipt stands as if nothing had been said.
   */
  weak: z
    .strictObject({
      class: signClassField.extract(["delegated", "attested"]),
      rows: z
        .array(z.strictObject({ b: idField, left: msField }))
        .min(1)
        .max(64),
    })
    .optional(),
  /** Only where there are some: armed bequests that have no row, because the keyholder cannot read its record of them. The sign did NOT count for these. */
  unheard: z.array(idField).min(1).max(64).optional(),
  /** Only while the operators froze the keyholder: which freeze, and when it ends if nobody ends it and all time counts (product ms). */
  freeze: z.strictObject({ freeze: hashField, until: msField }).optional(),
});

/**
 * Two operators freeze the whole keyholder, or end its freeze; each signs the very same body. `freeze` names the freeze that runs, zero for none: an order
 * that was overtaken does nothing.
 */
export const freezeBody = z.strictObject({
  aud: hashField,
  mode: keyholderMode,
  epoch: countField,
  what: z.enum(["freeze", "thaw"]),
  /** Attended ms from acceptance on; 0 for a thaw. */
  forMs: msField,
  freeze: hashField,
  challenge: hashField,
  iat: issuedAtField,
});

/** Whether the keyholder is frozen, and the challenge that the next order answers. A freeze is named by the challenge of its order. */
export const freezeStateBody = z.strictObject({
  aud: hashField,
  mode: keyholderMode,
  epoch: countField,
  at: msField,
  freeze: hashField,
  left: msField,
  until: msField,
  /** The challenge of the last order that was obeyed, zero before the first. */
  order: hashField,
  /** How many more freezes may follow in this row, and attended ms until one may. */
  more: countField,
  again: msField,
  challenge: hashField,
  expires: msField,
});

/** A one-time key to which one share (or one contact, with b, g, r all zero) is sealed. Private half in memory only. */
export const depositKeyBody = z.strictObject({
  account: idField,
  b: idField,
  g: countField,
  r: idField,
  recipient: recipientField,
  expires: msField,
});

export const importedBody = z.strictObject({
  account: idField,
  b: idField,
  g: countField,
  r: idField,
  deposit: hashField,
  shareCommit: hashField,
  outerHash: hashField,
  pathHash: hashField,
});

/** The keyholder's decision that a bequest is due. The clock zone enters `releasing` on nothing less. */
export const releaseBody = z.strictObject({
  account: idField,
  b: idField,
  g: countField,
  decisionId: idField,
  policyHash: hashField,
  manifestHash: hashField,
  trigger: z.enum(releaseTriggers),
  lastSign: hashField,
  decidedAt: msField,
  recipients: z
    .array(z.strictObject({ r: idField, delay: msField }))
    .min(1)
    .max(64),
  epoch: countField,
  mode: keyholderMode,
});

/** The keyholder's answer to a recipient who asked: nothing is decided on it before `wait` after the owner was called. */
export const askedBody = z.strictObject({
  account: idField,
  b: idField,
  g: countField,
  r: idField,
  request: idField,
  policyHash: hashField,
  wait: msField,
  at: msField,
  mode: keyholderMode,
});

export const withdrawnBody = z.strictObject({
  account: idField,
  b: idField,
  g: countField,
  r: idField,
  decisionId: idField,
  sign: hashField,
  at: msField,
});

/** Body schema by statement kind: the JWS `typ` is `ak1-<kind>+jws`. */
export const statementBodies = {
  key: keyBody,
  delegate: delegateBody,
  pin: pinBody,
  policy: policyBody,
  manifest: manifestBody,
  disarm: disarmBody,
  pause: pauseBody,
  refuse: refuseBody,
  "revoke-device": revokeDeviceBody,
  checkin: checkInBody,
  challenge: challengeBody,
  receipt: receiptBody,
  "deposit-key": depositKeyBody,
  imported: importedBody,
  release: releaseBody,
  withdrawn: withdrawnBody,
  asked: askedBody,
  freeze: freezeBody,
  "freeze-state": freezeStateBody,
} as const;

export type StatementKind = keyof typeof statementBodies;
export type StatementBody<K extends StatementKind> = z.infer<(typeof statementBodies)[K]>;

/** Largest accepted compact JWS in bytes (protocol §0). */
export const statementLimits: Record<StatementKind, number> = {
  key: 262_144,
  delegate: 262_144,
  pin: 262_144,
  policy: 262_144,
  manifest: 262_144,
  disarm: 262_144,
  pause: 262_144,
  refuse: 262_144,
  "revoke-device": 262_144,
  checkin: 8_192,
  challenge: 32_768,
  // Why more than protocol §0 says: with all that recipients may ask at once, 32 KiB would refuse an owner their receipt.
  receipt: 65_536,
  "deposit-key": 32_768,
  imported: 32_768,
  release: 32_768,
  withdrawn: 32_768,
  asked: 32_768,
  freeze: 8_192,
  "freeze-state": 8_192,
};

export const zeroId = "A".repeat(22);
export const zeroHash = "A".repeat(43);
