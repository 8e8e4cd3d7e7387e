/**
 * Every state a switch can be in, in the order of a release. Later states (paused, frozen, unreachable) are added here and to the
 * descriptions below; nothing else lists them.
 */
export const switchStates = [
  "draft",
  "armed",
  "reminding",
  "grace",
  "lastCall",
  "releasing",
  "released",
  "disarmed",
  "held",
] as const;
export type SwitchState = (typeof switchStates)[number];

/** What each state means and how it is left; docs/switch.md is printed from this. */
export const stateDescriptions: Record<SwitchState, { means: string; leftBy: string; next: readonly SwitchState[] }> = {
  draft: {
    means: "No policy was ever bound.",
    leftBy: "the owner's first policy",
    next: ["armed"],
  },
  armed: {
    means: "The owner signed less than the first reminder's offset ago.",
    leftBy: "silence until the first reminder",
    next: ["reminding", "disarmed", "held"],
  },
  reminding: {
    means: "Reminders go out. The interval ends only after a channel accepted one of them.",
    leftBy: "the interval's end and an accepted reminder, or a sign",
    next: ["grace", "armed", "disarmed", "held"],
  },
  grace: {
    means: "The interval is over. One reminder a day; the grace period ends only after a channel accepted one.",
    leftBy:
      "the grace period's end and an accepted reminder, or a sign; a longer policy that binds after cooling leads back",
    next: ["lastCall", "reminding", "armed", "disarmed", "held"],
  },
  lastCall: {
    means: "The keyholder itself calls. The wait begins when the call was accepted.",
    leftBy:
      "the wait's end, seven days since the first arming, nothing cooling; or a sign; a longer policy that binds after cooling leads back",
    next: ["releasing", "reminding", "armed", "disarmed", "held"],
  },
  releasing: {
    means: "The keyholder decided. Each recipient's share is granted after that recipient's delay.",
    leftBy: "the last grant, or a signed sign, which withdraws what was not fetched",
    next: ["released", "armed", "disarmed", "held"],
  },
  released: {
    means: "Every recipient was granted their share, or has fetched it.",
    leftBy: "a signed sign, if something was not fetched yet; a new policy",
    next: ["armed", "disarmed", "held"],
  },
  disarmed: {
    means: "The owner stopped it. Nothing runs.",
    leftBy: "a policy that binds",
    next: ["armed", "reminding"],
  },
  held: {
    means: "The keyholder's store was restored. Nothing moves until the owner signs or the hold ends.",
    leftBy: "a signed sign, or the hold's cap; then the full interval begins",
    next: ["armed", "disarmed"],
  },
};

export type ReminderPhase = "reminding" | "grace";

/** What is due now. Doing it and writing the fact with the function of the same name makes the next derivation move on. */
export type SwitchAction =
  | { readonly do: "remind"; readonly phase: ReminderPhase; readonly index: number }
  | { readonly do: "sendLastCall" }
  | { readonly do: "decide" }
  | { readonly do: "grant"; readonly r: string }
  | { readonly do: "activateCooling" }
  | { readonly do: "liftHold" };

/** Why nothing moves although its time has come; empty while only time is missing. */
export type WaitsFor = "" | "reminder" | "last-call" | "first-arming" | "cooling" | "hold";

/** All times in attended ms. */
export type DerivedSwitch = {
  readonly state: SwitchState;
  readonly actions: readonly SwitchAction[];
  /** The next moment at which time alone changes this derivation; null when only a fact can. */
  readonly nextWakeAttended: number | null;
  /** Since the last accepted sign; 0 in draft and disarmed. */
  readonly used: number;
  /** Until the earliest possible decision, a true lower bound; 0 in draft and disarmed, where nothing runs, and once decided. */
  readonly left: number;
  readonly waitsFor: WaitsFor;
};
