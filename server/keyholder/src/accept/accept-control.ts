import { type JcsObject, parseStatement } from "@afterkeep/formats";
import {
  type AccountView,
  type BesideKind,
  besideKinds,
  type ControlKind,
  controlKinds,
  disarmBody,
  hashField,
  idField,
  manifestBody,
  pauseBody,
  policyBody,
  StatementError,
  statementIdOf,
  statementLimits,
  switchPolicyOf,
} from "@afterkeep/statements";
import { applyFirstPolicy } from "@afterkeep/switch";
import { z } from "zod";
import type { KeyholderParts } from "../parts.ts";
import { addAccount } from "../store/accounts.ts";
import { findBequest } from "../store/bequests.ts";
import { newestEvent } from "../store/events.ts";
import { addManifest } from "../store/manifests.ts";
import { addStatement } from "../store/statements.ts";
import { saveBequest } from "../switches/save-bequest.ts";
import type { Moment } from "../time/attended-time.ts";
import { hearAll } from "./hear-all.ts";
import { readBequests } from "../switches/read-bequests.ts";
import type { OnVerified } from "./hear-or-note.ts";
import type { Hearing } from "./hear-sign.ts";
import { writeReceipt } from "./receipt.ts";
import { requireArmable } from "./require-armable.ts";

/** What the owner key signs: the chain, and what stands beside it. */
export type OwnerKind = ControlKind | BesideKind;

export function isOwnerKind(kind: string): kind is OwnerKind {
  return [...controlKinds, ...besideKinds].some((one) => one === kind);
}

export function isBeside(kind: OwnerKind): kind is BesideKind {
  return besideKinds.some((one) => one === kind);
}

/** That check in at once; what was revoked leaves room. */
const maxDevices = 64;
const maxDelegates = 16;

const claimSchema = z.object({ account: idField, challenge: hashField });

/** What a statement does beyond being a sign of life. */
type Effect = {
  /** How the bequest `b` hears it. */
  readonly hearing: (b: string) => Hearing;
  /** What else is written, in the same commit, once the bequests have heard it. */
  readonly write: (moment: Moment) => void;
};

/**
 * Accepts a statement of the control chain, or one that stands beside it: the fold verifies signature, audience, order and
 * form; the challenge its freshness; and a policy must be one that could really be carried out. Returns the receipt.
 */
export function acceptControl(
  parts: KeyholderParts,
  kind: OwnerKind,
  jws: string,
  moment: Moment,
  onVerified: OnVerified,
): string {
  const { payload } = parseStatement(jws, kind, statementLimits[kind]);
  const { account, challenge } = readClaim(payload);
  const view = parts.chains.find(account);
  const next = parts.chains.extend(view, account, jws);
  if (kind === "key" && next.devices.size > maxDevices) throw new StatementError("too-many-devices");
  if (kind === "delegate" && next.delegates.size > maxDelegates) throw new StatementError("too-many-delegates");
  parts.challenges.require(challenge, account, isBeside(kind) ? "stricter" : "control");
  const id = statementIdOf(jws);
  // Why not of a first one: nothing is armed, and whoever makes up accounts would be noted for each.
  if (view !== null) onVerified({ account, sign: id, class: "signed" });
  const seq = isBeside(kind) ? null : next.head.seq;
  const effect = effectOf(parts, kind, payload, next, id);
  // Why before the commit: if it fails half-way, what is on disk decides, not what we remember of it.
  parts.chains.forget(account);
  const receipt = parts.store.commit(() => {
    if (view === null) addAccount(parts.store, account);
    addStatement(parts.store, { id, account, seq, jws, atMs: moment.attendedMs });
    hearAll(parts, account, effect.hearing, moment);
    effect.write(moment);
    const accepted = { account, statement: id, nonce: challenge, challenge, head: next.head };
    return writeReceipt(parts, accepted, readBequests(parts, account), moment);
  });
  parts.challenges.spend(challenge);
  parts.chains.remember(next);
  return receipt;
}

/** Why before verifying: the account says whose key must have signed. Nothing is done with the claim until it has. */
export function readClaim(payload: JcsObject): z.infer<typeof claimSchema> {
  const claim = claimSchema.safeParse(payload);
  if (!claim.success) throw new StatementError("body");
  return claim.data;
}

function effectOf(parts: KeyholderParts, kind: OwnerKind, payload: JcsObject, view: AccountView, id: string): Effect {
  const signed: Hearing = { kind: "signed", id };
  switch (kind) {
    case "policy":
      return policyEffect(parts, policyBody.parse(payload), view, id);
    case "manifest":
      return { hearing: () => signed, write: manifestWriter(parts, manifestBody.parse(payload)) };
    case "disarm": {
      const { scope, b } = disarmBody.parse(payload);
      const disarm: Hearing = { kind: "disarm", id };
      return { hearing: (heardBy) => (scope === "account" || b === heardBy ? disarm : signed), write: () => {} };
    }
    case "pause": {
      const { scope, b, forMs } = pauseBody.parse(payload);
      const pause: Hearing = { kind: "pause", id, forMs };
      return { hearing: (heardBy) => (scope === "account" || b === heardBy ? pause : signed), write: () => {} };
    }
    case "revoke-device": {
      const isDevice = view.deviceRevocations.some((one) => one.id === id);
      return { hearing: () => (isDevice ? { kind: "device-revoked", id } : signed), write: () => {} };
    }
    default:
      // A refusal is the sign itself: every open request is refused by it, of whichever bequest.
      return { hearing: () => signed, write: () => {} };
  }
}

function manifestWriter(parts: KeyholderParts, { account, b, g, mseq, manifestHash }: z.infer<typeof manifestBody>) {
  return ({ attendedMs }: Moment) =>
    addManifest(parts.store, account, { b, g, mseq, hash: manifestHash, atMs: attendedMs });
}

function policyEffect(parts: KeyholderParts, body: z.infer<typeof policyBody>, view: AccountView, id: string): Effect {
  requireArmable(parts.store, body, view);
  const next = switchPolicyOf(view, id);
  const { account, b } = body;
  const armFirst = ({ attendedMs }: Moment) => {
    if (findBequest(parts.store, account, b) !== null) return;
    // Why by its presence: the fold has refused every other than the kit's own, and any in a later policy.
    const history = applyFirstPolicy(next, body.kit !== undefined, attendedMs);
    const eventsKnown = newestEvent(parts.store);
    const unseen = { lastCallTriedAt: 0, shown: "", revision: 0, eventsKnown };
    saveBequest(parts.store, { account, b, policy: next, history, ...unseen }, attendedMs);
  };
  return { hearing: (heardBy) => (heardBy === b ? { kind: "policy", next } : { kind: "signed", id }), write: armFirst };
}
