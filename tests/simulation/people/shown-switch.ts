/** A bequest as the keyholder shows it to other zones: what the people of a world act on. */
export type ShownSwitch = {
  readonly account: string;
  readonly b: string;
  readonly state: string;
  readonly policyHash: string;
  readonly lastSign: string;
  readonly remindersDue: readonly { phase: "reminding" | "grace" | "gap" | "request"; index: number }[];
  readonly release: string;
  readonly requests: readonly { request: string; r: string; stage: "open" | "refused" }[];
  /** What cools, if anything does. */
  readonly cooling: readonly { policyHash: string }[];
  /** The restore that holds it, if one does. */
  readonly heldAfter: readonly { restore: string }[];
  readonly slots: readonly { r: string; stage: string; withdrawn: string }[];
};
