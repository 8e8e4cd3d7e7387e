import type { CheckInResult } from "@afterkeep/sdk";
import type { SwitchState } from "@afterkeep/switch";
import { formatMoment, type Reader } from "./dates.ts";

export type Tone = "calm" | "good" | "attention";
export type StateWords = { tag: string; tone: Tone; sentence: string };

/** How a bequest stands, for its owner. Exhaustive: a new state does not compile until it has words. */
const states: Record<SwitchState, StateWords> = {
  draft: { tag: "Draft", tone: "calm", sentence: "A draft. It is not armed, so it will not open for anybody." },
  armed: { tag: "Armed", tone: "good", sentence: "Armed. As long as you check in, it stays closed." },
  reminding: {
    tag: "Reminding you",
    tone: "good",
    sentence: "Armed. Reminders are on their way to you; one check-in begins the full time again.",
  },
  grace: {
    tag: "Check-in overdue",
    tone: "attention",
    sentence: "Your check-in is overdue. Nobody has been told. Check in now and everything begins again.",
  },
  requested: {
    tag: "Asked for",
    tone: "attention",
    sentence: "Somebody asked for it, as you allowed. Check in now and the answer is no; it stays closed.",
  },
  confirming: {
    tag: "Being confirmed",
    tone: "attention",
    sentence: "Your guardians are asked to confirm its release. Check in now and it stays closed.",
  },
  lastCall: {
    tag: "Last call",
    tone: "attention",
    sentence: "The last call has been made. Check in now and nothing is released.",
  },
  releasing: {
    tag: "Being released",
    tone: "attention",
    sentence: "It is being released. If you check in now, whatever was not fetched yet is withdrawn.",
  },
  released: {
    tag: "Released",
    tone: "attention",
    sentence: "It has been released. If you check in now, whatever was not fetched yet is withdrawn.",
  },
  closed: {
    tag: "Handed over",
    tone: "calm",
    sentence: "Everybody it was for has fetched it. There is nothing left to stop.",
  },
  paused: {
    tag: "Paused",
    tone: "calm",
    sentence: "Paused. Nothing runs until the pause ends; then the full time begins.",
  },
  frozen: {
    tag: "Clock in doubt",
    tone: "attention",
    sentence:
      "The keyholder's clock is behind what it was before, so no time is counted and nothing is handed over. Your check-ins count all the same.",
  },
  disarmed: {
    tag: "Disarmed",
    tone: "calm",
    sentence: "Disarmed. It will not open for anybody until you arm it again.",
  },
  held: {
    tag: "On hold",
    tone: "attention",
    sentence: "The keyholder was restored from a backup and holds everything closed. Your check-in lifts the hold.",
  },
};

/** @param row.frozenUntilMs where operators froze it; null elsewhere */
export function describeState(
  { state, frozenUntilMs }: { state: SwitchState; frozenUntilMs: number | null },
  reader: Reader = {},
): StateWords {
  if (state !== "frozen" || frozenUntilMs === null) return states[state];
  const until = formatMoment(frozenUntilMs, reader);
  return {
    tag: "Frozen",
    tone: "attention",
    sentence: `Two people who run this service have stopped everything, because they believe that something is wrong. No time is counted and nothing is handed over. It ends by itself, as things stand, on ${until}, or sooner if they end it. Your check-ins count all the same.`,
  };
}

const stages: Record<string, string> = {
  waiting: "has not been told",
  granted: "has been told and may open it",
  fetched: "has fetched the key to it",
  opened: "has opened it",
  withdrawn: "can no longer open it",
};

export function describeStage(stage: string): string {
  return stages[stage] ?? "is in a state this page does not know";
}

const waits: Record<string, string> = {
  reminder: "It waits until a reminder to you was accepted by your mail provider.",
  unreachable:
    "No message to you was accepted for two weeks, so you count as out of reach. It goes on only after one more long wait; any check-in ends that.",
  "last-call": "It waits until the last call to you was accepted by your mail provider.",
  "first-arming":
    "It was armed recently. In the first seven days nothing can open, or in the first day alone if your recovery kit signed too.",
  cooling:
    "A change that loosens it is cooling down for seven days. You can take it back by checking it in the bequest.",
  guardians: "Your guardians have not all confirmed it.",
  hold: "The keyholder holds everything closed after a restore.",
  pause: "You paused it.",
  clock: "The keyholder's clock is in doubt, so no time is counted.",
  operators: "Once it is over you are reminded again before anything goes on.",
  "weak-sign":
    "A weak sign came, a link from a mail or the like: nothing more is handed over for three days, once. Then it goes on by itself. Check in here to stop it.",
  probe: "The keyholder cannot reach the service from outside, so no time is counted.",
};

/** From where the keyholder sees that owners could reach it; only then time counts as silence. */
export const reachedFrom: Record<CheckInResult["probe"], string> = {
  outside: "From outside",
  public: "At its public address, as this machine itself sees it",
  lan: "At its address in the local network, as this machine itself sees it",
  self: "By itself alone: whether anybody else could reach it is not seen",
};

/** Why nothing moves just now; empty where nothing holds it. */
export function describeWait(waitsFor: string): string {
  return waits[waitsFor] ?? "";
}
