import type { BequestFacts, Moment, PolicyFact } from "./facts.ts";

/** A decision that the keyholder signed, when the world first saw it. */
export type DecisionCase = {
  readonly facts: BequestFacts;
  readonly policy: PolicyFact;
  readonly now: Moment;
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
};

/** Time went by, whatever was or was not shown in it. */
export type QuietCase = {
  readonly facts: BequestFacts;
  readonly now: Moment;
  /** How many there were in the present silence. */
  readonly outages: number;
};

/** A mail link that counted for this bequest. */
export type WeakSignCase = { readonly facts: BequestFacts; readonly now: Moment };

/** One named invariant. Each function returns what is wrong, or null. */
export type Rule = {
  readonly invariant: string;
  readonly onDecision?: (decision: DecisionCase) => string | null;
  readonly onGrant?: (grant: GrantCase) => string | null;
  readonly onShown?: (shown: ShownCase) => string | null;
  readonly onQuiet?: (quiet: QuietCase) => string | null;
  /** Right after a restore, before anything else was asked. */
  readonly onRestored?: (shown: ShownCase) => string | null;
  readonly onWeakSign?: (sign: WeakSignCase) => string | null;
};
