import type { SignClass } from "@afterkeep/switch";
import { type AccountView, type Head, isDisarmed } from "./account-view.ts";
import type { StatementBody } from "./bodies.ts";
import { relateHead } from "./check-in.ts";
import { NotReceiptedError, type NotReceiptedReason, reasonOfUnopened } from "./not-receipted.ts";
import { openStatement } from "./open.ts";
import { lapsedIn, problemOfClock, problemOfRequests, problemOfRows } from "./receipt-rows.ts";

export type Receipt = StatementBody<"receipt">;
/** How far a client has seen the keyholder count, kept for ever and only ever raised. */
export type SeenCounter = { readonly epoch: number; readonly counter: number };

export type ReceiptExpectation = {
  /** The pinned keyholder: 32 raw bytes, the commitment to its next key, and its mode. */
  readonly keyholderKey: Uint8Array;
  readonly nextKey: string;
  readonly mode: "real" | "demo";
  readonly account: string;
  /** The id of what was sent, and its nonce: a check-in's own, else the statement's challenge. */
  readonly statement: string;
  readonly nonce: string;
  /** Read BEFORE sending; null on a device that never saw a receipt. */
  readonly seen: SeenCounter | null;
  /** What was sent; some bequests may accept no other one than `signed`. */
  readonly sign: SignClass;
  /** The requests that a check-in lets go on. */
  readonly leaves?: readonly string[];
  /** The verified chain with what was sent; null if this device has none (a mail link on a borrowed one). */
  readonly view: AccountView | null;
  /** The newest head that a device without a chain has seen; absent where there is a view, or none was seen. */
  readonly seenHead?: Head;
  /** The place in the chain up to which a restore may have lost what was signed, as far as this device knows; absent where it knows of none. */
  readonly lostUpTo?: number;
  readonly what?: "check-in" | "change";
};

export type VerifiedReceipt = {
  /**
   * `counted-under-unknown-changes`: the keyholder's chain is ahead. Fetch it, extend the view, verify the same receipt again.
   * `counted-after-restore`: the keyholder's store was restored and lacks changes of this account. The sign counted; the owner must
   * be told, and look at every bequest.
   */
  readonly outcome: "counted" | "counted-under-unknown-changes" | "counted-after-restore";
  /** Bequests whose newest policy does not bind since a restore: the keyholder goes by an older one or has none, until they are armed anew. */
  readonly lapsed: readonly string[];
  readonly receipt: Receipt;
  /** To remember before anything else is sent. */
  readonly seen: SeenCounter;
};

/**
 * Verifies an untrusted receipt against everything that this device knows. Throws NotReceiptedError with the reason if any of it
 * is missing, wrong, old or another's: then what was sent did NOT count.
 *
 * @param jws null or empty if no answer came
 */
export function verifyReceipt(jws: string | null, expected: ReceiptExpectation): VerifiedReceipt {
  const refuse = (reason: NotReceiptedReason, cause?: unknown): never => {
    throw new NotReceiptedError(reason, expected.what, cause);
  };
  if (jws === null || jws === "") return refuse("missing");
  const receipt = openReceipt(jws, expected.keyholderKey, refuse);
  const problem =
    problemOfEcho(receipt, expected) ?? problemOfClock(receipt, expected.sign) ?? problemOfAnswers(receipt, expected);
  if (problem !== null) return refuse(problem);
  const known = compareKnown(receipt, expected);
  const lost = known.problem ?? problemOfSeenHead(receipt, expected);
  if (lost !== null) return refuse(lost);
  const seen = { epoch: receipt.epoch, counter: receipt.counter };
  const outcome = known.isLacking ? "counted-after-restore" : outcomeOf(receipt, expected.view);
  return { outcome, lapsed: known.lapsed, receipt, seen };
}

function problemOfAnswers(receipt: Receipt, { sign, leaves = [] }: ReceiptExpectation): NotReceiptedReason | null {
  return sign === "signed" ? problemOfRequests(receipt, leaves) : null;
}

function outcomeOf(receipt: Receipt, view: AccountView | null): VerifiedReceipt["outcome"] {
  const isKnown = view !== null && relateHead(view, receipt.head) === "same";
  return isKnown ? "counted" : "counted-under-unknown-changes";
}

/** The epoch of a keyholder whose store was never restored. */
export const firstEpoch = 1;

/**
 * Up to which place of the chain the keyholder may have forgotten what was signed: all of it where this device meets an epoch for the first time that
 * began with a restore. Why only that far: what was signed in an epoch is never forgotten in it honestly.
 */
function lostUpTo({ epoch }: Receipt, { seen, lostUpTo: known = -1 }: ReceiptExpectation): number {
  return epoch > (seen?.epoch ?? firstEpoch) ? Number.POSITIVE_INFINITY : known;
}

function openReceipt(
  jws: string,
  keyholderKey: Uint8Array,
  refuse: (reason: NotReceiptedReason, cause: unknown) => never,
): Receipt {
  try {
    return openStatement("receipt", jws, keyholderKey).body;
  } catch (error) {
    return refuse(reasonOfUnopened(error), error);
  }
}

function problemOfEcho(receipt: Receipt, expected: ReceiptExpectation): NotReceiptedReason | null {
  if (receipt.account !== expected.account) return "account";
  if (receipt.statement !== expected.statement) return "statement";
  if (receipt.nonce !== expected.nonce) return "nonce";
  if (receipt.mode !== expected.mode) return "mode";
  if (receipt.nextKey !== expected.nextKey) return "next-key";
  return expected.seen === null || isAbove(receipt, expected.seen) ? null : "stale";
}

/** Whether `a` was counted after `b`. A restore raises the epoch and may lower the counter. */
export function isAbove(a: SeenCounter, b: SeenCounter): boolean {
  return a.epoch > b.epoch || (a.epoch === b.epoch && a.counter > b.counter);
}

/** Why nothing after a restore: what was signed since may be another chain, and the epoch says that it was one. */
function problemOfSeenHead(
  { head, epoch }: Receipt,
  { seenHead, seen }: ReceiptExpectation,
): NotReceiptedReason | null {
  if (seenHead === undefined || (seen !== null && epoch > seen.epoch) || head.seq > seenHead.seq) return null;
  if (head.seq < seenHead.seq) return "head-behind";
  return head.id === seenHead.id ? null : "head-fork";
}

type Compared = {
  readonly problem: NotReceiptedReason | null;
  /** The keyholder lacks what a restore may have lost. */
  readonly isLacking: boolean;
  readonly lapsed: readonly string[];
};

/** What the keyholder should know as this device does. With a head ahead, nothing can be compared yet. */
function compareKnown(receipt: Receipt, expected: ReceiptExpectation): Compared {
  const { view } = expected;
  const relation = view === null ? "ahead" : relateHead(view, receipt.head);
  if (view === null || relation === "ahead") return { problem: null, isLacking: false, lapsed: [] };
  if (relation === "fork") return { problem: "head-fork", isLacking: false, lapsed: [] };
  const upTo = lostUpTo(receipt, expected);
  if (relation === "older") {
    const isLacking = view.head.seq <= upTo;
    return { problem: isLacking ? null : "head-behind", isLacking, lapsed: [] };
  }
  const lapsed = lapsedIn(receipt, view, upTo);
  // Why not those: what its owner has stopped needs no other plan.
  const named = lapsed.filter((b) => !isDisarmed(view, b));
  return { problem: problemOfRows(receipt, view, lapsed), isLacking: named.length > 0, lapsed: named };
}
