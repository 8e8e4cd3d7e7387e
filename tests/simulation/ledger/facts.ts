import { yearMs } from "../world/time.ts";

/** One moment as the ledger sees it, ms. */
export type Moment = {
  /** True time since the world began. */
  readonly at: number;
  /** Time that the keyholder may have credited at most, by what the world did to it. */
  readonly served: number;
  /** Time in which everything that a release needs was well, so that it must have been credited. */
  readonly sure: number;
  /** Everything was certainly frozen by its operators. */
  readonly isFrozen: boolean;
};

/** What says that an owner lives and is not signed by a device of theirs: a mail's link, a job's key, the api's word that they signed in. */
export type WeakSign = "token" | "delegated" | "attested";

export type PolicyFact = {
  readonly id: string;
  readonly g: number;
  readonly interval: number;
  /** Offsets after the sign. */
  readonly reminders: readonly number[];
  readonly grace: number;
  readonly lastCall: number;
  readonly weakMax: number;
  readonly takes: ReadonlySet<WeakSign>;
  readonly delays: ReadonlyMap<string, number>;
  /** Who may ask for it, and how long its owner wants to be able to refuse. */
  readonly requests: ReadonlyMap<string, number>;
  /** The owner's recovery kit signed it too. */
  readonly isWithKit: boolean;
  readonly accepted: Moment;
  readonly loosens: boolean;
};

export type SeenDecision = {
  readonly id: string;
  readonly policyId: string;
  readonly g: number;
  readonly seen: Moment;
  /** A weak sign that came under it is known to have counted: the first one. */
  suspended: Moment | null;
};

/** A recipient asked, as that recipient's device knows. */
export type AskedFact = {
  readonly id: string;
  readonly r: string;
  readonly asked: Moment;
  /** True time from which on nobody can note it any more: an ask that got no answer may be under way until then. */
  readonly settledAt: number;
  /** The keyholder said so. */
  isNoted: boolean;
  /** Nobody knows whether something ended it. */
  isInDoubt: boolean;
  /** When a mail server first took the keyholder's call about it. */
  called: Moment | null;
  /** A mail link put it off, for certain; or perhaps. */
  isPutOff: boolean;
  mayBePutOff: boolean;
};

/** The owner said no: the receipt was given between the two. */
export type Refusal = { readonly from: Moment; readonly to: Moment };

/** In attended ms from `from` on. */
export type Pause = { readonly from: Moment; readonly ms: number };

export type SeenGap = {
  readonly phase: "reminding" | "grace";
  readonly over: Moment;
  readonly extraMs: number;
  readonly policyId: string;
};

/**
 * True time before which nothing is to be decided: by what a receipt said to be left, or by the date that it named. What a wall that may have been ahead
 * then showed as a date is no promise, but what was said to be left always is.
 */
export type Promised = { readonly at: number; readonly by: "left" | "date" };

/** All that the owner's side knows of one bequest: what it signed, what it was answered, what its people got. */
export type BequestFacts = {
  readonly account: string;
  readonly b: string;
  readonly policies: Map<string, PolicyFact>;
  bound: PolicyFact | null;
  cooling: PolicyFact | null;
  /** Policies that a device was taken away from under, while they cooled: nothing may ever go by them. */
  readonly dropped: Set<string>;
  armed: Moment | null;
  /** The kit signed that arming too. */
  isArmedWithKit: boolean;
  /** The last sign that is known to have counted, and the last signed one. */
  heard: Moment;
  heardSigned: Moment;
  /** A sign whose answer was lost: it may have begun a new silence. */
  maybeHeard: Moment | null;
  /** Until when nothing may be decided at the earliest: a pause that no policy, disarm or other pause followed. */
  paused: Pause | null;
  /** A pause that may still run: a restore may have lost what ended one. */
  mayBePaused: Pause | null;
  longestPauseMs: number;
  /** Outages that fell into a phase which warns the owner, in the present silence. */
  readonly gaps: SeenGap[];
  /** The operators froze everything while its owner was being warned, in the present silence. */
  warnedAtFreeze: Moment | null;
  /** The policy that the keyholder showed last as the one that binds. */
  shownPolicy: string;
  /** The last one, until the phase that it fell into is shown again: it may have been over already. */
  maybeGap: SeenGap | null;
  /** As the keyholder showed it last. */
  state: string;
  /** None of the owner's addresses takes anything; or the first one does not. */
  readonly reach: "all" | "some" | "none";
  /** While true, a statement is under way and nobody knows whether it counted. */
  isUncertain: boolean;
  /** The newest restore that no signed sign followed. */
  restored: Moment | null;
  /** A hold for a clock in doubt since then, where the one before it may or may not have been over: if it was not, it went on. */
  heldAgain: Moment | null;
  disarmed: Moment | null;
  /** Since when its record cannot be read; and when one was mended last. */
  damaged: Moment | null;
  mended: Moment | null;
  /** What a restore lost is not given back yet, or nobody knows whether it was. */
  isGivenBack: boolean;
  /** A policy was accepted since the last disarm, though it may cool or have been lost: whoever reads the whole chain finds nothing disarmed. */
  isArmedAgain: boolean;
  /** By policyHash, the latest moment before which a receipt promised that nothing is decided under it. */
  readonly promises: Map<string, Promised>;
  /** The same for a decision by request. */
  readonly promisesByRequest: Map<string, Promised>;
  /** What was asked, or may have been, and is not answered. */
  asked: AskedFact[];
  /** By recipient, the last time that they were refused. */
  readonly refusals: Map<string, Refusal>;
  /** When the mail server took a last call for this owner. */
  readonly calls: Moment[];
  /** When the keyholder's own messages were refused. */
  readonly vain: Moment[];
  decision: SeenDecision | null;
  /** Decisions that were taken back. */
  readonly over: Set<string>;
  /** `decision/r` that were taken back before they were fetched. */
  readonly takenBack: Set<string>;
  /** `decision/r` → the manifest it was given with. */
  readonly fetched: Map<string, string>;
  /** `decision/r` whose answer was lost: it may have left. */
  readonly maybeFetched: Set<string>;
  /** Generations of which something left, or may have: nobody waits for them any more. */
  readonly opened: Set<number>;
  /** By generation, the manifests that may be the newest one. */
  readonly manifests: Map<number, readonly string[]>;
  /** `g/r` → the share, base64url. */
  readonly shares: Map<string, string>;
};

export function emptyFacts(account: string, b: string, now: Moment, reach: BequestFacts["reach"]): BequestFacts {
  return {
    account,
    b,
    policies: new Map(),
    bound: null,
    cooling: null,
    dropped: new Set(),
    armed: null,
    isArmedWithKit: false,
    heard: now,
    heardSigned: now,
    maybeHeard: null,
    paused: null,
    mayBePaused: null,
    longestPauseMs: 0,
    gaps: [],
    warnedAtFreeze: null,
    shownPolicy: "",
    maybeGap: null,
    state: "draft",
    reach,
    isUncertain: false,
    restored: null,
    heldAgain: null,
    disarmed: null,
    damaged: null,
    mended: null,
    isGivenBack: true,
    isArmedAgain: false,
    promises: new Map(),
    promisesByRequest: new Map(),
    asked: [],
    refusals: new Map(),
    calls: [],
    vain: [],
    decision: null,
    over: new Set(),
    takenBack: new Set(),
    fetched: new Map(),
    maybeFetched: new Set(),
    opened: new Set(),
    manifests: new Map(),
    shares: new Map(),
  };
}

/** Whether anything of the bound generation may have left already. */
export function mayBeOpen({ opened, bound }: BequestFacts): boolean {
  return bound !== null && opened.has(bound.g);
}

/** Longer than the longest interval, grace and last call together: nothing that waits is older. */
const oldMs = 3 * yearMs;

/** Whether it was armed first so long ago that whatever expires with the years has. */
export function isOldArming({ armed }: BequestFacts, now: Moment): boolean {
  return armed !== null && now.at - armed.at > oldMs;
}
