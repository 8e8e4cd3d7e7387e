import { ConflictError, DependencyError, NotFoundError } from "@afterkeep/platform";
import { suspendedFor } from "@afterkeep/switch";
import { requireHearable } from "../decide/require-hearable.ts";
import { requireRunning } from "../freeze/frozen-by.ts";
import type { KeyholderParts } from "../parts.ts";
import { type Bequest, findBequest } from "../store/bequests.ts";
import { findFetch } from "../store/decisions.ts";
import { findSlot, type Slot } from "../store/slots.ts";

export type ReleasePlace = { readonly account: string; readonly b: string; readonly r: string };
export type Granted = {
  readonly bequest: Bequest;
  readonly slot: Slot;
  readonly share: Uint8Array;
  readonly decisionId: string;
};

/**
 * What the keyholder's own record says is granted to this recipient now. Throws NotFoundError for everything else: unknown,
 * waiting, withdrawn, held and taken back look the same from outside. Throws ConflictError `suspended` for what a weak sign keeps back for now, and
 * DependencyError `owner-unhearable` where its owner may be signing and could not be heard.
 */
export function requireGranted(parts: KeyholderParts, { account, b, r }: ReleasePlace): Granted {
  requireRunning(parts, "is given");
  const bequest = findBequest(parts.store, account, b);
  const stage = bequest?.history.slots.find((slot) => slot.r === r)?.stage;
  const decisionId = bequest?.history.decision?.id;
  if (bequest !== null && decisionId !== undefined && isOpen(bequest) && isGranted(parts, stage, decisionId, r)) {
    if (stage === "granted") requireMayBeGiven(parts, bequest);
    const slot = findSlot(parts.store, account, b, bequest.policy.g, r);
    if (slot !== null && slot.share !== null) return { bequest, slot, share: slot.share, decisionId };
  }
  throw new NotFoundError("not-granted", "Nothing is ready to be opened here.");
}

/**
 * Granted by this decision, or fetched under it. Why the row is asked: a share that left under an earlier decision stays fetched, but
 * nothing newer (a later manifest) may follow it before its wait.
 */
function isGranted({ store }: KeyholderParts, stage: string | undefined, decisionId: string, r: string): boolean {
  return stage === "granted" || (stage === "fetched" && findFetch(store, decisionId, r) !== null);
}

/** Why not of what was fetched: it left, and giving it again tells nobody anything new. */
function requireMayBeGiven(parts: KeyholderParts, bequest: Bequest): void {
  requireNotSuspended(parts, bequest);
  try {
    requireHearable(parts, bequest.account);
  } catch (cause) {
    throw new DependencyError("owner-unhearable", "The server could not hear the owner now, so it gives nothing.", {
      next: "Come back later. Whoever runs this server must mend its disk first.",
      cause,
    });
  }
}

function requireNotSuspended({ time }: KeyholderParts, { history }: Bequest): void {
  const { attendedMs, wallMs } = time.now();
  const leftMs = suspendedFor(history, attendedMs);
  if (leftMs === 0) return;
  const until = new Date(wallMs + leftMs).toISOString();
  throw new ConflictError(
    "suspended",
    `A sign of the owner's came. Nothing is given before ${until} at the earliest.`,
    {
      next: "Come back after that. If the owner signs in before, it is taken back.",
    },
  );
}

function isOpen({ history }: Bequest): boolean {
  return history.held === null && history.disarmed === null;
}
