/** Every state a switch can be in, in the order of a release. Later ones are added here, to the descriptions below and, by a migration, to what the database lets in: a test compares that. */
export const switchStates = [
  "draft",
  "armed",
  "reminding",
  "grace",
  "requested",
  "lastCall",
  "confirming",
  "releasing",
  "released",
  "closed",
  "paused",
  "disarmed",
  "held",
  "frozen",
] as const;
export type SwitchState = (typeof switchStates)[number];

/** Nothing runs in these: no time is used, nothing is left, and no release can be the earliest. */
const stillStates: readonly SwitchState[] = ["draft", "closed", "disarmed"];

export function isStill(state: SwitchState): boolean {
  return stillStates.includes(state);
}

/** Where the owner, a restore, a doubtful clock or two operators lead from every state that runs. */
const stops = ["paused", "disarmed", "held", "frozen"] as const;

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
    next: ["reminding", "requested", ...stops],
  },
  reminding: {
    means:
      "Reminders go out. The interval ends only after a channel accepted one of them, or the owner counts as unreachable.",
    leftBy:
      "the interval's end and an accepted reminder, an outage of six hours or more adding one and some hours; or a sign",
    next: ["grace", "requested", "armed", ...stops],
  },
  grace: {
    means: "The interval is over. One reminder a day; the grace period ends only as the interval does.",
    leftBy:
      "the grace period's end and an accepted reminder, outages as above; or a sign; a longer policy that binds after cooling leads back",
    next: ["lastCall", "requested", "reminding", "armed", ...stops],
  },
  requested: {
    means:
      "A recipient asked, as the policy lets them. The keyholder calls; the wait for this begins when the call was accepted. Silence goes on being counted beside it.",
    leftBy:
      "the wait's end, as a last call's; a signed sign, which refuses; silence that comes to its own last call first",
    next: ["lastCall", "confirming", "releasing", "released", "armed", "reminding", "grace", ...stops],
  },
  lastCall: {
    means:
      "The keyholder itself calls. The wait begins when the call was accepted, or the owner counts as unreachable.",
    leftBy:
      "the wait's end, seven days since the first arming (a day where the kit signed it too), nothing cooling; or a sign; a longer policy that binds after cooling leads back",
    next: ["confirming", "releasing", "released", "requested", "reminding", "armed", ...stops],
  },
  confirming: {
    means:
      "The keyholder decided. As many guardians as the policy asks for must confirm; each may stop it once, for a while.",
    leftBy:
      "the last guardian that is needed, and the end of every stop; enough stops, which withdraw; or a signed sign",
    next: ["releasing", "released", "armed", ...stops],
  },
  releasing: {
    means:
      "The keyholder decided. Each recipient's share is granted after that recipient's delay. After a weak sign nothing more is given for three days, once.",
    leftBy: "the last grant, a guardian's stop, or a signed sign, which withdraws what was not fetched",
    next: ["released", "confirming", "armed", ...stops],
  },
  released: {
    means: "Every recipient was granted their share; some have not fetched it.",
    leftBy: "the last fetch, a weak sign, which keeps back what was not fetched, once; a signed sign, or a new policy",
    next: ["closed", "releasing", "armed", ...stops],
  },
  closed: {
    means: "Every recipient has fetched their share. There is nothing left to stop.",
    leftBy: "a new policy that names others or makes a new generation",
    next: ["armed", "reminding", "disarmed", "held", "frozen"],
  },
  paused: {
    means: "The owner's key paused it. Nothing runs until the pause ends; then the full interval begins.",
    leftBy: "its end, 365 attended days at most, or another statement of the owner's key",
    next: ["armed", "disarmed", "held", "frozen"],
  },
  disarmed: {
    means: "The owner stopped it. Nothing runs.",
    leftBy: "a policy that binds",
    next: ["armed", "reminding", "closed"],
  },
  held: {
    means: "The keyholder's store was restored. Nothing moves until the owner signs or the hold ends.",
    leftBy: "a signed sign, or the hold's cap; then the full interval begins",
    next: ["armed", "paused", "closed", "disarmed", "frozen"],
  },
  frozen: {
    means:
      "The keyholder's clock is in doubt, or two operators froze everything. No time is counted and nothing is given; signs count.",
    leftBy:
      "the clock, once it is right again, at the latest a hold; the operators' freeze by its end, after 30 attended days at most, or by two operators",
    next: [
      ...(["armed", "reminding", "grace", "requested", "lastCall", "confirming"] as const),
      ...(["releasing", "released", "paused", "disarmed", "held"] as const),
    ],
  },
};

/** `gap` asks for one more after an outage, `request` for one a day while a recipient waits for an answer. */
export const reminderPhases = ["reminding", "grace", "gap", "request"] as const;
export type ReminderPhase = (typeof reminderPhases)[number];

/** What a decision rests on: the owner's silence, or a recipient's request that the owner did not refuse. */
export const releaseTriggers = ["silence", "request"] as const;
export type ReleaseTrigger = (typeof releaseTriggers)[number];

/** What is due now. Doing it and writing the fact with the function of the same name makes the next derivation move on. */
export type SwitchAction =
  | { readonly do: "remind"; readonly phase: ReminderPhase; readonly index: number }
  | { readonly do: "reachOwner" }
  | { readonly do: "sendLastCall" }
  | { readonly do: "callAboutRequest" }
  | { readonly do: "decide"; readonly trigger: ReleaseTrigger }
  | { readonly do: "grant"; readonly r: string }
  | { readonly do: "activateCooling" }
  | { readonly do: "liftHold" };

/** Why nothing moves although its time has come; empty while only time is missing. */
export const waitsForValues = [
  "",
  "reminder",
  "unreachable",
  "last-call",
  "first-arming",
  "cooling",
  "guardians",
  "hold",
  "pause",
  "clock",
  "operators",
  "weak-sign",
] as const;
export type WaitsFor = (typeof waitsForValues)[number];

/** All times in attended ms. */
export type DerivedSwitch = {
  readonly state: SwitchState;
  readonly actions: readonly SwitchAction[];
  /** The next moment at which time alone changes this derivation; null when only a fact can. */
  readonly nextWakeAttended: number | null;
  /** Since silence began; 0 where nothing runs. */
  readonly used: number;
  /**
   * Until the earliest possible decision by silence, a true lower bound; 0 where nothing runs. Once decided, until anything more can be given: 0 unless
   * a weak sign suspended it.
   */
  readonly left: number;
  /** The same for a decision by request, open or still to come; null where nobody may ask, nothing runs, and once decided. */
  readonly leftByRequest: number | null;
  readonly waitsFor: WaitsFor;
};
