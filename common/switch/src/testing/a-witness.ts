import { dayMs, type SwitchPolicy } from "../policy.ts";

/** What a witness beside the keyholder writes down, without using the rules under test. */
export type Witness = {
  /** When the last sign that counts was given, when the last signed one was, and when an interruption began silence anew. */
  readonly signAt: number;
  readonly signedAt: number;
  readonly silenceAt: number;
  /** Nothing is decided before, because of the first arming. */
  readonly firstWaitEnds: number;
  readonly reminders: readonly { phase: string; at: number }[];
  /** Outages that fell into reminding or grace; `asks` for a message of its own. */
  readonly gaps: readonly { at: number; phase: string; extra: number; asks: boolean }[];
  /** The keyholder's own tries since anything was last accepted. */
  readonly vainTries: readonly number[];
  /** A pause that was asked for: nothing is decided before it ends, and silence begins there. */
  readonly pausedUntil: number;
  readonly callAt: number | null;
  /** The same, where a freeze asked for another last call. */
  readonly lastCalledAt: number | null;
  /** Ends of freezes by the operators while the owner was being warned, and how much must pass after the message that follows. */
  readonly thaws: readonly { readonly at: number; readonly extra: number }[];
  /** What recipients asked since the last sign that refused, and when a call about it was taken. */
  readonly asked: readonly {
    readonly r: string;
    readonly at: number;
    readonly calledAt: number | null;
    readonly putOff: number;
    /** The end of the last freeze since, and when a call after it was taken. */
    readonly thawedAt: number | null;
    readonly againAt: number | null;
  }[];
  readonly confirmed: readonly string[];
  readonly stops: readonly { readonly by: string; readonly at: number }[];
  readonly isDisarmed: boolean;
  readonly isHeld: boolean;
  /** A loosening that was submitted and has not bound. */
  readonly coolingSince: number | null;
  /** The latest "not before" that was ever said since the last sign; once decided, of what is given. */
  readonly promised: number;
  /** The same of a decision by request; infinite where nobody could ask. */
  readonly promisedByRequest: number;
  readonly decidedAt: number | null;
  /** When a weak sign first came under the present decision. */
  readonly suspendedAt: number | null;
  readonly granted: readonly string[];
  readonly fetched: readonly string[];
};

export const nothingSaid = { reminders: [], gaps: [], thaws: [], vainTries: [], callAt: null, lastCalledAt: null };
export const nobodyAsked = { asked: [], confirmed: [], stops: [] };

/** A sign, or what began silence anew: what was done for the one before counts no more. */
export function freshSilence(witness: Witness, now: number): Witness {
  return {
    ...witness,
    silenceAt: now,
    ...nothingSaid,
    promised: now,
    promisedByRequest: now,
    decidedAt: null,
    suspendedAt: null,
    granted: witness.fetched,
  };
}

/** What was tried in vain counts no more, unless the extra interval was over by then. */
export function heardOf(witness: Witness, policy: SwitchPolicy, now: number): Witness {
  return now >= unreachableAt(witness, policy) ? witness : { ...witness, vainTries: [] };
}

/** Five tries on days of their own, fourteen days since the first one, and the extra interval; infinite before. */
export function unreachableAt({ vainTries }: Witness, policy: SwitchPolicy): number {
  const days: number[] = [];
  for (const at of vainTries) if (days.length === 0 || at - (days.at(-1) ?? 0) >= dayMs) days.push(at);
  const [first, fifth] = [days[0], days[4]];
  if (first === undefined || fifth === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(fifth, first + 14 * dayMs) + policy.unreachableExtra;
}

/** Throws with the invariant's name unless it holds. */
export function hold(invariant: string, holds: boolean): void {
  if (!holds) throw new Error(`broken: ${invariant}`);
}
