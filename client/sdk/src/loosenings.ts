import type { RouteOutput, routes } from "@afterkeep/contracts";
import type { StoredProfile } from "./profile.ts";
import type { Receipt } from "./receipt.ts";

type Answer = RouteOutput<(typeof routes)["getStatus"]>;

/** A change that lets a bequest give more, or sooner, and binds only after a while. Any later policy of it, or a disarm, cancels it. */
export type LooseningInfo = {
  readonly b: string;
  /** Empty while the vault is locked. */
  readonly title: string;
  readonly policyHash: string;
  /** Wall ms before which it does not bind; where that has passed, it may have bound since. */
  readonly bindsMs: number;
  /** Whether a keyholder that this device knew signed that it cools; else it is the server's word. */
  readonly isProven: boolean;
  /** Whether it was signed on this device. Where not, nobody here can know whose hands signed it. */
  readonly isOwn: boolean;
};

/** What else is needed to say it. */
type Known = {
  readonly titles: ReadonlyMap<string, string>;
  readonly profile: Pick<StoredProfile, "armed">;
  readonly isProven: boolean;
};
type Loosening = Receipt["pending"]["loosenings"][number];

/** Of a receipt: all that cooled when it was signed. */
export function looseningsOf({ at, pending }: Pick<Receipt, "at" | "pending">, known: Known): LooseningInfo[] {
  return pending.loosenings.map((loosening) => infoOf(loosening, at, known));
}

/**
 * Of a status: the newest receipt's. The server's word only where there is no receipt at all. Why never beside one: a server that hides a thief's change
 * would leave it out, and what is signed must not wait for what is not.
 */
export function looseningsOfStatus(
  { now, switches }: Pick<Answer, "now" | "switches">,
  lastReceipt: Pick<Receipt, "at" | "pending"> | null,
  known: Omit<Known, "isProven">,
): LooseningInfo[] {
  if (lastReceipt !== null) return looseningsOf(lastReceipt, { ...known, isProven: true });
  const said = switches.flatMap(({ b, cooling }) => cooling.map((one) => ({ ...one, b })));
  return said.map((loosening) => infoOf(loosening, now, { ...known, isProven: false }));
}

function infoOf({ b, policyHash, left }: Loosening, at: number, { titles, profile, isProven }: Known): LooseningInfo {
  const isOwn = profile.armed.includes(policyHash);
  return { b, title: titles.get(b) ?? "", policyHash, bindsMs: at + left, isProven, isOwn };
}
