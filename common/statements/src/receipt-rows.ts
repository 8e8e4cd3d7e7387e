import {
  isStill,
  lastCallFloorMs,
  longestFreezeMs,
  loosens,
  requestWait,
  type SignClass,
  weakPutOffMs,
} from "@afterkeep/switch";
import {
  type AccountView,
  isDisarmed,
  type KnownPause,
  latestPolicy,
  mayBeDropped,
  newestManifest,
  policyById,
} from "./account-view.ts";
import { type StatementBody, zeroHash } from "./bodies.ts";
import type { NotReceiptedReason } from "./not-receipted.ts";
import type { OpenedStatement } from "./sign.ts";
import { switchPolicyOf } from "./switch-policy.ts";

type Receipt = StatementBody<"receipt">;
type Row = Receipt["rows"][number];
type Loosening = Receipt["pending"]["loosenings"][number];
type Problem = NotReceiptedReason | null;

/** A signed sign leaves a bequest in one of these: counting anew, stopped, or with nothing left to release. */
const afterSignedSign: readonly Row["state"][] = ["armed", "requested", "paused", "disarmed", "released", "closed", "frozen"]; // prettier-ignore
const counting: readonly Row["state"][] = ["armed", "reminding", "grace", "requested", "lastCall", "paused", "held"];
/** Where a signed sign leaves nothing used. A clock in doubt hides which of the others it is. */
const canBePaused: readonly Row["state"][] = ["paused", "disarmed", "closed", "frozen"];
/** Decided, and something left to give; a freeze hides which. */
const suspendable: readonly Row["state"][] = ["confirming", "releasing", "frozen"];
const anew: readonly Row["state"][] = ["armed", "requested", "paused", "frozen"];

/** What must hold in a receipt whatever the policies are: the arithmetic of its times, and that the sign began time anew. */
export function problemOfClock(receipt: Receipt, sign: SignClass): Problem {
  for (const row of receipt.rows) {
    if (!isArithmeticRight(row, receipt.at)) return "time";
    if (sign === "signed" && !isCounted(row)) return "not-counted";
  }
  if (!isFreezeRight(receipt)) return "time";
  if (!isWeakRight(receipt, sign)) return "not-counted";
  const named = [...receipt.rows.map(({ b }) => b), ...(receipt.unheard ?? [])];
  return new Set(named).size === named.length ? null : "row-twice";
}

/** While the operators froze everything nothing runs, and for no longer than one freeze lasts. */
function isFreezeRight({ freeze, at, rows }: Receipt): boolean {
  if (freeze === undefined) return true;
  const isBounded = freeze.until >= at && freeze.until <= at + longestFreezeMs;
  return isBounded && rows.every(({ state }) => state === "frozen" || isStill(state));
}

function isArithmeticRight({ state, used, left, earliest }: Row, at: number): boolean {
  if (state === "draft") return false;
  if (isStill(state)) return used === 0 && left === 0 && earliest.silence === 0 && earliest.request === 0;
  return earliest.silence === at + left;
}

/**
 * A receipt for a weak sign says itself what counted it: most bequests may not. Why none for a mail link: receipts had none before there were other
 * weak signs, and earlier clients refuse what they do not know.
 */
function isWeakRight({ weak, rows }: Receipt, sign: SignClass): boolean {
  if (sign !== "delegated" && sign !== "attested") return weak === undefined;
  if (weak?.class !== sign) return false;
  const isOnce = new Set(weak.rows.map(({ b }) => b)).size === weak.rows.length;
  const counted = weak.rows.map((one) => rows.find(({ b }) => b === one.b));
  return isOnce && counted.every((row) => row !== undefined && (isBegunAnew(row) || isSuspended(row)));
}

function isBegunAnew({ state, used }: Row): boolean {
  return anew.includes(state) && used === 0;
}

/** Under a decision a weak sign begins nothing anew: from that very moment on nothing that was not fetched is given for so long. */
function isSuspended({ state, left }: Row): boolean {
  return suspendable.includes(state) && left === weakPutOffMs;
}

function isCounted({ state, used }: Row): boolean {
  return afterSignedSign.includes(state) && (!anew.includes(state) || used === 0);
}

/** After a signed sign nothing that was asked goes on but what the owner let: else a refusal would not have counted. */
export function problemOfRequests({ pending, rows }: Receipt, leaves: readonly string[]): Problem {
  const isLeft = pending.requests.every(({ request }) => leaves.includes(request));
  const isSaid = rows.every(({ b, state }) => state !== "requested" || pending.requests.some((one) => one.b === b));
  return isLeft && isSaid ? null : "request";
}

/**
 * The bequests whose newest policy, signed at `upTo` in the chain or before, neither binds nor cools: what a restore lost or dropped binds again only when
 * its owner arms anew. Heads must be the same.
 */
export function lapsedIn({ rows, pending, unheard = [] }: Receipt, view: AccountView, upTo: number): string[] {
  return [...view.policies.keys()].filter((b) => {
    const latest = latestPolicy(view, b);
    if (latest === null || latest.body.seq > upTo || unheard.includes(b)) return false;
    if (pending.loosenings.some((one) => one.b === b)) return false;
    const row = rows.find((one) => one.b === b);
    return row === undefined || (row.policyHash !== latest.id && !isDroppedByDisarm(row, latest, view));
  });
}

/**
 * Whether a disarm may have dropped the newest policy, which only a loosening can be: it cooled, and a device hears of no other's disarm. Why any other is lapsed: it
 * would have bound at once, so this row is from before it.
 */
function isDroppedByDisarm({ state, policyHash }: Row, latest: OpenedStatement<"policy">, view: AccountView): boolean {
  const bound = policyById(view, policyHash);
  if (state !== "disarmed" || bound === null) return false;
  return loosens(switchPolicyOf(view, bound.id), switchPolicyOf(view, latest.id)).loosens;
}

/**
 * Compares each row with the policies, manifests and disarms that this device knows. Heads must be the same.
 * @param lapsed bequests that may have no row, or an older policy of theirs in it
 */
export function problemOfRows(receipt: Receipt, view: AccountView, lapsed: readonly string[]): Problem {
  const { rows, pending, unheard = [] } = receipt;
  const isKnownCooling = pending.loosenings.every(({ b }) => rows.some((row) => row.b === b));
  const isCoolingOnce = new Set(pending.loosenings.map(({ b }) => b)).size === pending.loosenings.length;
  if (!isKnownCooling || !isCoolingOnce) return "loosening";
  const isRevocation = view.deviceRevocations.some(({ id }) => id === receipt.statement);
  if (isRevocation && pending.loosenings.length > 0) return "loosening";
  const named = new Set([...rows.map(({ b }) => b), ...unheard, ...lapsed]);
  if ([...view.policies.keys()].some((b) => !named.has(b))) return "row-missing";
  if (unheard.some((b) => latestPolicy(view, b) === null)) return "row-unknown";
  const pause = view.pauses.find(({ id }) => id === receipt.statement) ?? null;
  for (const row of rows) {
    const cooling = pending.loosenings.find(({ b }) => b === row.b) ?? null;
    const problem =
      problemOfRow(row, cooling, view, { pausedMs: pauseOf(row, pause), isLapsed: lapsed.includes(row.b) }) ??
      problemOfAsking(row, cooling, receipt, view);
    if (problem !== null) return problem;
  }
  return null;
}

/** How long this receipt's own statement pauses a row; 0 where it does not. */
function pauseOf({ b }: Row, pause: KnownPause | null): number {
  return pause !== null && (pause.scope === "account" || pause.b === b) ? pause.forMs : 0;
}

type RowIs = { readonly pausedMs: number; readonly isLapsed: boolean };

function problemOfRow(row: Row, cooling: Loosening | null, view: AccountView, { pausedMs, isLapsed }: RowIs): Problem {
  const latest = latestPolicy(view, row.b);
  if (latest === null) return "row-unknown";
  const bound = policyById(view, row.policyHash);
  if (bound === null || bound.body.b !== row.b || bound.body.g !== row.g) return "policy";
  const manifest = newestManifest(view, row.b, row.g)?.manifestHash ?? zeroHash;
  if (row.manifestHash !== manifest) return "manifest";
  if (isDisarmed(view, row.b)) return row.state === "disarmed" && cooling === null ? null : "disarm";
  if (pausedMs > 0 && !canBePaused.includes(row.state)) return "pause";
  // Why a disarmed one too: other devices hear of no disarm, and it drops what cools.
  const isDropped = mayBeDropped(view, latest.id) || row.state === "disarmed";
  const binding = isLapsed ? null : problemOfBinding(view, { bound, latest, isDropped }, cooling);
  return binding ?? problemOfTime(row, cooling, { bound, latest, pausedMs });
}

/** The newest policy must be bound, unless it is listed as cooling or was dropped with a device, which only a loosening may. */
function problemOfBinding(
  view: AccountView,
  { bound, latest, isDropped }: Pick<Given, "bound" | "latest"> & { readonly isDropped: boolean },
  cooling: Loosening | null,
): Problem {
  const isLoosening = () => loosens(switchPolicyOf(view, bound.id), switchPolicyOf(view, latest.id)).loosens;
  if (cooling === null) return bound.id === latest.id || (isDropped && isLoosening()) ? null : "policy";
  if (bound.id === latest.id || cooling.policyHash !== latest.id) return "loosening";
  return isLoosening() ? null : "loosening";
}

type Given = {
  readonly bound: OpenedStatement<"policy">;
  readonly latest: OpenedStatement<"policy">;
  readonly pausedMs: number;
};

/** Of what is frozen the state is hidden; where nothing of its time is used, nothing can be decided, so its time is left as in every other. */
function isCounting({ state, used }: Row): boolean {
  return counting.includes(state) || (state === "frozen" && used === 0);
}

/** Time left is at least what the policy gives, less what was used; while one cools, what the sooner of both gives, and until it binds. */
function problemOfTime(row: Row, cooling: Loosening | null, { bound, latest, pausedMs }: Given): Problem {
  if (!isCounting(row)) return null;
  const possible = cooling === null ? [bound] : [bound, latest];
  const given = Math.min(...possible.map(({ body }) => ladderOf(body.times))) + pausedMs - row.used;
  return row.left >= Math.max(given, cooling?.left ?? 0) ? null : "time";
}

/** Nobody decides by request before the shortest wait of those who may ask, or what is left of a request that is listed. */
function problemOfAsking(row: Row, cooling: Loosening | null, { at, pending }: Receipt, view: AccountView): Problem {
  if (!isCounting(row)) return null;
  const { b, policyHash, earliest } = row;
  const ids = cooling === null ? [policyHash] : [policyHash, cooling.policyHash];
  const policies = ids.map((id) => switchPolicyOf(view, id));
  const waits = policies.flatMap((policy) => policy.requests.map(({ r }) => requestWait(policy, r)));
  if (waits.length === 0) return earliest.request === 0 ? null : "time";
  const asked = pending.requests.filter((one) => one.b === b).map(({ left }) => left);
  const soonest = Math.max(Math.min(...waits, ...asked), cooling?.left ?? 0);
  return earliest.request >= at + soonest ? null : "time";
}

/** From a sign to the earliest decision. */
function ladderOf({ interval, grace, lastCall }: StatementBody<"policy">["times"]): number {
  return interval + grace + Math.max(lastCall, lastCallFloorMs);
}
