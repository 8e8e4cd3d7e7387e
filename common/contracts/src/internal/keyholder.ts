import {
  besideKinds,
  controlKinds,
  countField,
  hashField,
  headField,
  idField,
  keyholderMode,
  msField,
  probeKind,
  reminderPhaseField,
  slotStageField,
  switchStateField,
  waitsForField,
} from "@afterkeep/statements";
import { z } from "zod";
import { zoneMethod } from "./zone-contract.ts";

const jws = z.string().min(1).max(262_144);
const ownerKind = z.enum([...controlKinds, ...besideKinds]);
/** A refusal is shown for a day, so that who asked learns of it. */
export const requestStage = z.enum(["open", "refused"]);
/** `freeze` is the one that it began or ended, and attended ms for how long it was ordered; 0 for a thaw. */
const freezeOrder = z.strictObject({
  id: hashField,
  what: z.enum(["freeze", "thaw"]),
  freeze: hashField,
  forMs: msField,
});

/** What time was not counted for: the keyholder did not run, could not be reached from outside, or its clock was behind. */
export const outageReason = z.enum(["away", "unreachable", "clock"]);
export type OutageReason = z.infer<typeof outageReason>;
/** Wall ms. */
export const outage = z.strictObject({ untilWallMs: msField, lengthMs: msField, reason: outageReason });
const sealedText = z.string().min(1).max(65_536);

/** Of the last seven days, in whole percent, where less than 90 were attended; null elsewhere, and in a keyholder younger than that. */
export const attendedPercent = z.union([z.int().min(0).max(89), z.null()]);

/** Public facts about the keyholder; clients pin `publicKey` and compare it at every start. */
export const keyholderInfo = z.strictObject({
  publicKey: hashField,
  thumb: hashField,
  nextKey: hashField,
  mode: keyholderMode,
  factor: z.number().min(1),
  probe: probeKind,
  epoch: countField,
});

/** The policy that loosens the bound one and does not bind yet, if there is one; `left` attended ms until it can. */
export const coolingPolicies = z.array(z.strictObject({ policyHash: hashField, left: msField })).max(1);

/** The restore that a switch is held after, if it is; `left` attended ms until the hold ends by itself. */
const restoreHeldAfter = z.array(z.strictObject({ restore: idField, left: msField })).max(1);

/** What the clock zone needs to speak to people. Times are attended ms since the last accepted sign, unless named wall. */
export const keyholderSwitch = z.strictObject({
  account: idField,
  b: idField,
  g: countField,
  state: switchStateField,
  policyHash: hashField,
  /** Grows whenever anything in this row but the times changes. */
  revision: countField,
  /** Identifies the current silence: a reminder belongs to one sign and never carries over to the next. */
  lastSign: hashField,
  used: msField,
  left: msField,
  earliestWallMs: msField,
  /** When time alone is expected to change this row; 0 where only a fact can. */
  wakeWallMs: msField,
  /** Reminders that are due now and not yet accepted, in order; `gap` is what an outage asks for. */
  remindersDue: z.array(z.strictObject({ phase: reminderPhaseField, index: countField })).max(64),
  lastCall: z.enum(["none", "due", "accepted"]),
  /** The keyholder-signed `release` once decided. */
  release: z.union([jws, z.literal("")]),
  slots: z
    .array(
      z.strictObject({
        r: idField,
        stage: slotStageField,
        withdrawn: z.union([jws, z.literal("")]),
      }),
    )
    .max(64),
  /** Why nothing moves, if nothing does. */
  waitsFor: waitsForField,
  /** What recipients asked and the owner has not answered, or refused a short while ago. */
  requests: z.array(z.strictObject({ request: idField, r: idField, stage: requestStage, left: msField })).max(64),
  cooling: coolingPolicies,
  heldAfter: restoreHeldAfter,
});

/** The keyholder's internal contract. Errors carry the codes listed in specs/statements.md. */
export const keyholderContract = {
  info: zoneMethod({
    callers: ["api", "clock", "auditor", "supervisor"],
    request: z.strictObject({}),
    response: keyholderInfo,
  }),
  /** A name of its own for the time since it was started, within which nobody puts its store back. */
  run: zoneMethod({
    callers: ["api"],
    request: z.strictObject({}),
    response: z.strictObject({ run: z.string().min(1).max(64), epoch: countField }),
  }),
  /** The newest times of six hours and more that were not counted, newest first; for showing. */
  outages: zoneMethod({
    callers: ["api"],
    request: z.strictObject({}),
    response: z.strictObject({
      outages: z.array(outage).max(16),
      attendedPercent,
    }),
  }),
  /** Whether the operators froze everything, and the challenge of their next order: a signed `freeze-state`. */
  freezeState: zoneMethod({
    callers: ["api"],
    request: z.strictObject({}),
    response: z.strictObject({ state: jws }),
  }),
  /** Two operators freeze everything, or end their freeze: the same `freeze`, signed by each. Answers the state after it. */
  orderFreeze: zoneMethod({
    callers: ["api"],
    request: z.strictObject({ statements: z.tuple([jws, jws]) }),
    response: z.strictObject({ state: jws }),
  }),
  /** The last orders that were obeyed, oldest first, each named by the challenge that it answered; for the log. */
  freezeOrders: zoneMethod({
    callers: ["clock"],
    request: z.strictObject({}),
    response: z.strictObject({ orders: z.array(freezeOrder).max(16) }),
  }),
  challenge: zoneMethod({
    callers: ["api"],
    request: z.strictObject({ account: idField, purpose: z.enum(["control", "stricter", "checkin"]) }),
    response: z.strictObject({ challenge: jws }),
  }),
  /** For a key that may only check in, asked without anybody's session. Unknown accounts, unknown keys and revoked ones answer alike. */
  delegateChallenge: zoneMethod({
    callers: ["api"],
    request: z.strictObject({ account: idField, key: hashField }),
    response: z.strictObject({ challenge: jws }),
  }),
  /**
   * A receipt that somebody kept. One of this keyholder's own that its store should have and has not (of its present epoch, or of a later one) proves that an
   * older store was put in place: then it holds everything. Anything else changes nothing.
   */
  showReceipt: zoneMethod({
    callers: ["api", "clock"],
    request: z.strictObject({ receipt: jws }),
    response: z.strictObject({ isProof: z.boolean() }),
  }),
  /** What the owner key signed, or a check-in. The same statement gets the same receipt again. */
  submit: zoneMethod({
    callers: ["api"],
    request: z.strictObject({
      kind: z.enum([...controlKinds, ...besideKinds, "checkin"]),
      statement: jws,
    }),
    response: z.strictObject({ receipt: jws }),
  }),
  /**
   * What the keyholder accepted of an account, in that order, with the receipts it gave: so that a copy which missed an answer can
   * be made whole. Begins with the control statement of seq `from` (or what follows seq `from` − 1, if that is the newest);
   * what stands beside the chain and has no seq comes where it was accepted and is given again with the same `from`. With `more`, ask on from
   * the last seq + 1. At most `limit` control statements, fewer when they are large. An unknown account has none.
   */
  statements: zoneMethod({
    callers: ["api"],
    request: z.strictObject({ account: idField, from: countField, limit: z.int().min(1).max(500) }),
    response: z.strictObject({
      statements: z.array(z.strictObject({ kind: ownerKind, statement: jws, receipt: jws })),
      more: z.boolean(),
    }),
  }),
  /**
   * Of accounts as the api keeps them, those that this store knows otherwise: other statements of the owner's from the newest of the chain (seq `from`) on, by the
   * hash of their ids in the order of their bytes, or fewer receipts than the newest one's epoch and counter say.
   */
  compareAccounts: zoneMethod({
    callers: ["api"],
    request: z.strictObject({
      accounts: z
        .array(
          z.strictObject({
            account: idField,
            from: countField,
            digest: hashField,
            epoch: countField,
            counter: countField,
          }),
        )
        .min(1)
        .max(200),
    }),
    response: z.strictObject({ differ: z.array(idField) }),
  }),
  /**
   * The same of everything that the owner signed, by the hash of each statement's id and of its receipt's own hash, in the order of the ids' bytes. Those too that were not
   * stopped yet by what is known: to give them back has that obeyed.
   */
  compareWhole: zoneMethod({
    callers: ["api"],
    request: z.strictObject({
      accounts: z
        .array(z.strictObject({ account: idField, digest: hashField }))
        .min(1)
        .max(20),
    }),
    response: z.strictObject({ differ: z.array(idField) }),
  }),
  /**
   * Gives back what a restored store lost: statements that this keyholder receipted before, in the order of acceptance, onward from
   * its own head. They become known again; none is a sign of life and none arms. Known ones are passed over. With `more` others follow, and what a disarm or a
   * pause stops is judged with the last of them, which comes without: one that ends it may be among those.
   */
  importStatements: zoneMethod({
    callers: ["api"],
    request: z.strictObject({
      account: idField,
      statements: z
        .array(z.strictObject({ statement: jws, receipt: jws }))
        .min(1)
        .max(100),
      more: z.boolean().optional(),
    }),
    response: z.strictObject({ imported: countField, head: headField }),
  }),
  /**
   * The api's word that an owner passed every factor of a sign-in; class `attested`. `event` is random and that sign-in's own: the same one is heard once.
   * The receipt is empty where no bequest counts it, and then nothing is kept of it. Statement id: H(ctx("attested",account,event)).
   */
  attest: zoneMethod({
    callers: ["api"],
    request: z.strictObject({ account: idField, event: hashField }),
    response: z.strictObject({ statement: hashField, receipt: z.union([jws, z.literal("")]) }),
  }),
  /** A mail link's one-time token; class `token`. Statement id: H(ctx("token",account,H(token),nonce)). */
  submitToken: zoneMethod({
    callers: ["api"],
    request: z.strictObject({ token: hashField, nonce: hashField }),
    response: z.strictObject({ account: idField, statement: hashField, receipt: jws }),
  }),
  /** Mints one single-use check-in token for a reminder mail; only its hash is stored. */
  mintToken: zoneMethod({
    callers: ["clock"],
    request: z.strictObject({ account: idField }),
    response: z.strictObject({ token: hashField }),
  }),
  depositKey: zoneMethod({
    callers: ["api"],
    request: z.strictObject({ account: idField, b: idField, g: countField, r: idField }),
    response: z.strictObject({ depositKey: jws }),
  }),
  /** `sealed`: age file to the deposit key of JCS{b: B, thumb, share}; `outer` and `path` (W) are kept beside it. */
  deposit: zoneMethod({
    callers: ["api"],
    request: z.strictObject({
      account: idField,
      b: idField,
      g: countField,
      r: idField,
      sealed: sealedText,
      outer: sealedText,
      path: sealedText,
    }),
    response: z.strictObject({ imported: jws }),
  }),
  /** `sealed`: age file to a deposit key with b, g, r zero, of JCS{account, salt, address}. */
  depositContact: zoneMethod({
    callers: ["api"],
    request: z.strictObject({ account: idField, sealed: sealedText }),
    response: z.strictObject({ contact: hashField }),
  }),
  /**
   * Switches of one account (api, for showing), of some bequests, or all that changed after a cursor (clock). Unknown ones are left out. `cursor` is below
   * `after` where this store never counted as far: the reader read it in another life, of which a copy was put in place.
   */
  switches: zoneMethod({
    callers: ["api", "clock"],
    request: z.union([
      z.strictObject({ account: idField }),
      z.strictObject({ after: countField, limit: z.int().min(1).max(1000) }),
      z.strictObject({
        bequests: z
          .array(z.strictObject({ account: idField, b: idField }))
          .min(1)
          .max(1000),
      }),
    ]),
    response: z.strictObject({
      items: z.array(keyholderSwitch),
      cursor: countField,
      nowWallMs: msField,
      attendedMs: msField,
    }),
  }),
  /** The clock zone's word that a channel accepted a reminder. It can only let the switch leave a phase, never hasten it. */
  reminderAccepted: zoneMethod({
    callers: ["clock"],
    request: z.strictObject({
      account: idField,
      b: idField,
      lastSign: hashField,
      phase: reminderPhaseField,
      index: countField,
    }),
    response: z.strictObject({ noted: z.boolean() }),
  }),
  /** Step one of a grant: age file to pk_r of JCS{b: B, decisionId, nonce}. Only when granted by the keyholder itself. */
  prove: zoneMethod({
    callers: ["api"],
    request: z.strictObject({ account: idField, b: idField, r: idField }),
    response: z.strictObject({ decisionId: idField, challenge: sealedText }),
  }),
  /** Step two: the nonce proves the key; the fetch is written (fsync) before the share leaves. */
  grant: zoneMethod({
    callers: ["api"],
    request: z.strictObject({ account: idField, b: idField, r: idField, decisionId: idField, nonce: hashField }),
    response: z.strictObject({ grant: sealedText, release: jws, outer: sealedText, path: sealedText }),
  }),
  /** Step one of asking: age file to pk_r of JCS{asks: B, requestId, nonce}. Only for whom the bound policy lets ask. */
  proveToAsk: zoneMethod({
    callers: ["api"],
    request: z.strictObject({ account: idField, b: idField, r: idField }),
    response: z.strictObject({ request: idField, challenge: sealedText }),
  }),
  /** Step two: the nonce proves the key; the request is on disk, and the answer signed. */
  ask: zoneMethod({
    callers: ["api"],
    request: z.strictObject({ account: idField, b: idField, r: idField, request: idField, nonce: hashField }),
    response: z.strictObject({ asked: jws }),
  }),
  /** The way back of a probe: the keyholder posts a nonce to the public address, api hands it in here. */
  probe: zoneMethod({
    callers: ["api"],
    request: z.strictObject({ nonce: hashField }),
    response: z.strictObject({ echo: hashField }),
  }),
} as const;
