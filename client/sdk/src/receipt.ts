import {
  type AccountView,
  firstEpoch,
  NotReceiptedError as UnprovenReceipt,
  type StatementBody,
  StatementError,
  verifyReceipt,
} from "@afterkeep/statements";
import type { SignClass } from "@afterkeep/switch";
import { readChain } from "./chain.ts";
import { changeProfile, type Device, readProfile } from "./device.ts";
import { NotReceiptedError, ProblemError, RefusedError, SdkError, UnavailableError } from "./errors.ts";
import { type ChainHead, laterSeen, type PinnedKeyholder, type SeenReceipt, type StoredProfile } from "./profile.ts";
import { keyholderKey } from "./server-info.ts";

export type Receipt = StatementBody<"receipt">;

/** What a receipt must prove. `seen` was read before anything was sent. */
export type ExpectedReceipt = {
  readonly keyholder: PinnedKeyholder;
  readonly account: string;
  readonly statement: string;
  readonly nonce: string;
  readonly seen: SeenReceipt | null;
  readonly sign: SignClass;
  readonly leaves?: readonly string[];
  readonly view: AccountView | null;
  /** What a device without the chain has seen of it. */
  readonly seenHead?: ChainHead | null;
  /** How the refusal begins: what did not happen. */
  readonly failure: string;
};

export type AcceptedReceipt = {
  readonly receipt: Receipt;
  readonly unknownChanges: boolean;
  /** Bequests whose newest policy does not bind since a restore. */
  readonly lapsed: readonly string[];
};

export const checkInFailure = "This check-in did NOT count.";
export const changeFailure = "This change was not receipted, so take it as not done.";

/**
 * Verifies a receipt, and remembers its counter durably. Where the keyholder knows a newer head than this device, the chain is fetched
 * and verified, and the receipt judged again against it. Throws NotReceiptedError.
 */
export async function acceptReceipt(device: Device, jws: string, expected: ExpectedReceipt): Promise<AcceptedReceipt> {
  const before = await readProfile(device);
  // Why asked: the page of a mail link may be opened on a device that belongs to another owner.
  const isOwn = before.account === expected.account;
  const lostUpTo = isOwn ? before.restored?.lostUpTo : undefined;
  let proven = prove(jws, expected, lostUpTo);
  if (proven.outcome !== "counted" && expected.view !== null) {
    const view = await readChain(device).catch(() => null);
    if (view !== null) proven = prove(jws, { ...expected, view }, lostUpTo);
  }
  if (isOwn)
    await changeProfile(device, (profile) => ({
      ...remembering(profile, jws, proven.seen),
      ...restoredBy(profile, proven, expected),
    }));
  const unknownChanges = expected.view !== null && proven.outcome === "counted-under-unknown-changes";
  return { receipt: proven.receipt, unknownChanges, lapsed: proven.lapsed };
}

/**
 * A new epoch is remembered: whatever was signed before it may not bind from then on. A device that saw no receipt before has nothing to tell of it unless
 * something lapsed.
 */
function restoredBy(
  { head, restored }: StoredProfile,
  { receipt, outcome }: ReturnType<typeof verifyReceipt>,
  { seen, view }: ExpectedReceipt,
): Partial<StoredProfile> {
  const { epoch } = receipt;
  if (epoch <= Math.max(seen?.epoch ?? firstEpoch, restored?.epoch ?? firstEpoch)) return {};
  const lostUpTo = Math.max(receipt.head.seq, view?.head.seq ?? 0, head?.seq ?? 0);
  // Why kept as it is: the chain told of this restore before, and the owner may have looked meanwhile.
  if (restored !== null && restored.epoch === null) return { restored: { ...restored, lostUpTo, epoch } };
  const isSeen = seen === null && outcome !== "counted-after-restore";
  const isChainOlder = restored !== null && restored.isChainOlder && !restored.isSeen;
  return { restored: { lostUpTo, isChainOlder, epoch, isSeen } };
}

/** What was sent first may be answered last: the newest receipt stays the last one. */
function remembering(profile: StoredProfile, jws: string, now: SeenReceipt): Partial<StoredProfile> {
  const seen = laterSeen(profile.seen, now);
  return seen === now ? { seen, lastReceipt: jws } : {};
}

function prove(jws: string, expected: ExpectedReceipt, lostUpTo: number | undefined): ReturnType<typeof verifyReceipt> {
  const { keyholder, account, statement, nonce, seen, sign, leaves = [], view, seenHead = null } = expected;
  try {
    return verifyReceipt(jws, {
      keyholderKey: keyholderKey(keyholder),
      nextKey: keyholder.nextKey,
      mode: keyholder.mode,
      account,
      statement,
      nonce,
      seen,
      sign,
      leaves,
      view,
      ...(seenHead === null ? {} : { seenHead }),
      ...(lostUpTo === undefined ? {} : { lostUpTo }),
    });
  } catch (error) {
    if (!(error instanceof UnprovenReceipt || error instanceof StatementError)) throw error;
    throw notReceipted(expected.failure, error);
  }
}

/**
 * Runs a call that must end in a receipt. Whatever goes wrong, the message begins with what did not happen: no answer and a refusal keep
 * their class and words, an answer that makes no sense is "not receipted".
 */
export async function expectAnswer<T>(failure: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof UnavailableError) {
      throw new UnavailableError(error.code, `${failure} ${error.message}`, { next: error.next, cause: error });
    }
    if (error instanceof SdkError && error.code === "server-answer-invalid") throw notReceipted(failure, error);
    const isOfWords = error instanceof ProblemError || error instanceof RefusedError;
    if (isOfWords || error instanceof NotReceiptedError) throw error.prefixed(failure);
    throw error;
  }
}

function notReceipted(failure: string, cause: unknown): NotReceiptedError {
  return new NotReceiptedError(
    "not-receipted",
    `${failure} The server's answer is not a valid receipt by your keyholder.`,
    {
      next: "Try again now. If it happens again, use another way to check in, and tell whoever runs the server.",
      cause,
    },
  );
}
