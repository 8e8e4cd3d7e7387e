import type { StatementBody } from "@afterkeep/statements";
import type { Ordeal } from "./ordeal.ts";
import type { BequestFacts, Moment, PolicyFact, WeakSign } from "./facts.ts";

/** A decision that the keyholder signed, when the world first saw it. */
export type DecisionCase = {
  readonly facts: BequestFacts;
  readonly policy: PolicyFact;
  readonly trigger: "silence" | "request";
  readonly now: Moment;
  /** True times of orders to freeze that may have been obeyed. */
  readonly freezes: readonly number[];
};

/** The keyholder signed that it noted what somebody asked. */
export type AskedCase = {
  readonly facts: BequestFacts;
  readonly r: string;
  readonly policyHash: string;
  readonly wait: number;
  readonly now: Moment;
};

/** Somebody who holds the key was turned away. */
export type TurnedAwayCase = {
  readonly facts: BequestFacts;
  readonly r: string;
  readonly code: string;
  readonly now: Moment;
};

/** The requests that the keyholder says are open: to the clock zone, in a challenge, or in the receipt of a sign. */
export type OpenRequestsCase = {
  readonly facts: BequestFacts;
  readonly open: readonly { readonly request: string; readonly r: string }[];
  /** A release has begun: nothing is asked any more. */
  readonly isDecided: boolean;
};

/** A share that a recipient opened. */
export type GrantCase = {
  readonly facts: BequestFacts;
  readonly policy: PolicyFact;
  readonly decisionId: string;
  readonly r: string;
  readonly share: string;
  readonly manifestHash: string;
  readonly policyHash: string;
  readonly now: Moment;
};

/** A bequest as the keyholder shows it. */
export type ShownCase = {
  readonly facts: BequestFacts;
  readonly state: string;
  readonly policyHash: string;
  readonly stages: ReadonlyMap<string, string>;
  readonly now: Moment;
  /** Asked for just now; a receipt may be older than what its owner's side knows. */
  readonly isFresh: boolean;
};

/** A recipient is about to be told that something is ready. */
export type ToldCase = {
  readonly facts: BequestFacts;
  readonly r: string;
  /** The signed word that it rests on, verified; null where there is none. */
  readonly release: StatementBody<"release"> | null;
  /** Whether the keyholder's store has that decision. */
  readonly isDecided: boolean;
};

/** Time went by, whatever was or was not shown in it. */
export type QuietCase = {
  readonly facts: BequestFacts;
  readonly now: Moment;
  /** How many there were in the present silence. */
  readonly outages: number;
  /** How many times the operators may have frozen everything in it. */
  readonly freezes: number;
  readonly ordeal: Ordeal;
};

/** A mail link or a job's check-in that counted for this bequest: it began a silence, or suspended a decision. */
export type WeakSignCase = {
  readonly facts: BequestFacts;
  readonly sign: WeakSign;
  readonly now: Moment;
  readonly suspends: boolean;
};

/** One named invariant. Each function returns what is wrong, or null. */
export type Rule = {
  readonly invariant: string;
  /** Where it asks only about some: else about all. */
  readonly isAbout?: (quiet: QuietCase) => boolean;
  readonly onDecision?: (decision: DecisionCase) => string | null;
  readonly onGrant?: (grant: GrantCase) => string | null;
  readonly onShown?: (shown: ShownCase) => string | null;
  readonly onTold?: (told: ToldCase) => string | null;
  readonly onQuiet?: (quiet: QuietCase) => string | null;
  /** Right after a restore, before anything else was asked. */
  readonly onRestored?: (shown: ShownCase) => string | null;
  readonly onWeakSign?: (sign: WeakSignCase) => string | null;
  /** What the clock zone acts on, as it knows it and as the keyholder would say it now. */
  readonly onMirrored?: (mirror: { readonly mirrored: string; readonly derived: string }) => string | null;
  readonly onAsked?: (asked: AskedCase) => string | null;
  readonly onTurnedAway?: (away: TurnedAwayCase) => string | null;
  readonly onOpenRequests?: (shown: OpenRequestsCase) => string | null;
};
