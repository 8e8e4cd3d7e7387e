import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deriveSwitch } from "./derive.ts";
import { loosens } from "./loosening.ts";
import { dayMs, hourMs, signClasses, type SwitchPolicy, type WeakClass } from "./policy.ts";
import { aWatchedSwitch, letHappen, type WatchedEvent } from "./testing/a-watched-switch.ts";
import { stateOf, type WatchedSwitch } from "./testing/watched-state.ts";
import { anArmedSwitch, aPolicy, aRecipient } from "./testing/an-armed-switch.ts";

const weakClasses = signClasses.filter((one): one is WeakClass => one !== "signed");
const ms = (min: number, max: number) => fc.integer({ min, max });
const policies: fc.Arbitrary<SwitchPolicy> = fc
  .record({
    interval: ms(dayMs, 60 * dayMs),
    parts: fc.uniqueArray(ms(1, 99), { minLength: 1, maxLength: 4 }),
    grace: ms(dayMs, 30 * dayMs),
    lastCall: ms(1, 5 * dayMs),
    weak: ms(0, 200),
    delay: ms(0, 9 * dayMs),
    weakly: fc.subarray([...weakClasses]),
    asks: fc.oneof(fc.constant(0), ms(1, 9 * dayMs)),
  })
  .map(({ interval, parts, grace, lastCall, weak, delay, weakly, asks }) =>
    aPolicy({
      times: {
        interval,
        grace,
        lastCall,
        reminders: parts.sort((a, b) => a - b).map((part) => Math.ceil((interval * part) / 100)),
      },
      weakMax: Math.floor((interval * weak) / 100),
      classes: ["signed", ...weakly],
      recipients: [aRecipient("anna"), aRecipient("ben", { delay })],
      requests: asks === 0 ? [] : [{ r: "anna", wait: asks }],
    }),
  );

type Step = {
  readonly event: Exclude<WatchedEvent["is"], "confirm" | "stop">;
  readonly other: SwitchPolicy;
  readonly ms: number;
  readonly r: string;
};
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    event: fc.oneof(
      { weight: 30, arbitrary: fc.constant("wait" as const) },
      { weight: 40, arbitrary: fc.constantFrom("reminder" as const, "call" as const, "try" as const) },
      { weight: 10, arbitrary: fc.constantFrom("gap" as const, "thaw" as const) },
      { weight: 2, arbitrary: fc.constantFrom("sign" as const, "fetch" as const, "ask" as const) },
      { weight: 2, arbitrary: fc.constantFrom(...weakClasses) },
      { weight: 10, arbitrary: fc.constant("callAboutRequest" as const) },
      { weight: 1, arbitrary: fc.constant("letGoOn" as const) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          "disarm" as const,
          "revokeDevice" as const,
          "restore" as const,
          "policy" as const,
          "pause" as const,
          "freeze" as const,
          "operatorsFreeze" as const,
          "operatorsThaw" as const,
        ),
      },
    ),
    other: policies,
    ms: fc.oneof(ms(0, 3 * hourMs), ms(0, 30 * dayMs), { weight: 4, arbitrary: fc.constant(-1) }),
    r: fc.constantFrom("anna", "ben"),
  }),
  { minLength: 10, maxLength: 120, size: "max" },
);

function eventOf(step: Step, watched: WatchedSwitch): WatchedEvent {
  if (step.event === "policy") {
    const isLoosening = loosens(watched.policy, step.other).loosens;
    return { is: "policy", policy: step.other, isLoosening };
  }
  if (step.event === "fetch" || step.event === "ask") return { is: step.event, r: step.r };
  if (step.event === "wait") return { is: "wait", ms: waitOf(step, watched) };
  if (step.event === "gap" || step.event === "pause" || step.event === "operatorsFreeze")
    return { is: step.event, ms: Math.max(step.ms, 0) };
  return { is: step.event };
}

/** −1 waits exactly until the next wake-up: the moments where rules meet. */
function waitOf(step: Step, { policy, history, now }: WatchedSwitch): number {
  return step.ms >= 0 ? step.ms : (deriveSwitch(policy, history, now).nextWakeAttended ?? now) - now;
}

describe("random histories", () => {
  it("keep every invariant, whatever owner, thief, mail and disaster do", () => {
    let decided = 0;
    fc.assert(
      fc.property(policies, steps, fc.boolean(), (policy, all, isWithKit) => {
        const first = anArmedSwitch({ policy, isWithKit });
        let watched = aWatchedSwitch(first.policy, first.history, 0, (isWithKit ? 1 : 7) * dayMs);
        for (const step of all) {
          watched = letHappen(watched, eventOf(step, watched));
          if (watched.witness.decidedAt === watched.now) decided++;
        }
      }),
      { numRuns: 800 },
    );
    expect(decided).toBeGreaterThan(20);
  });

  it("change nothing between now and the next wake-up but the time itself", () => {
    fc.assert(
      fc.property(policies, steps, fc.double({ min: 0, max: 1, noNaN: true }), (policy, all, part) => {
        const first = anArmedSwitch({ policy });
        let watched = aWatchedSwitch(first.policy, first.history, 0);
        for (const step of all) watched = letHappen(watched, eventOf(step, watched));
        const { state, actions, waitsFor, nextWakeAttended } = deriveSwitch(
          watched.policy,
          watched.history,
          watched.now,
        );
        const end = nextWakeAttended ?? watched.now + 400 * dayMs;
        const between = watched.now + Math.floor((end - 1 - watched.now) * part);
        expect(deriveSwitch(watched.policy, watched.history, between)).toMatchObject({
          state,
          actions,
          waitsFor,
          nextWakeAttended,
        });
      }),
      { numRuns: 500 },
    );
  });

  it("end in a release, however often whatever can still sign weakly does so for an owner who is silent", () => {
    let signs = 0;
    fc.assert(
      fc.property(policies, fc.array(fc.constantFrom(...weakClasses), { minLength: 1 }), (policy, by) => {
        const { interval, grace, lastCall } = policy.times;
        // Why so plain: what follows the last weak sign that can count, in the policy's own times, and the reminders' round of a day.
        const latest = policy.weakMax + interval + grace + Math.max(lastCall, 12 * hourMs);
        const first = anArmedSwitch({ policy });
        let watched = aWatchedSwitch(first.policy, first.history, 0);
        for (let turn = 0; turn < 2000 && watched.history.decision === null; turn++) {
          const weak = letHappen(watched, { is: by[turn % by.length] ?? "token" });
          if (weak !== watched && weak.history !== watched.history) signs++;
          const reminded = letHappen(letHappen(weak, { is: "reminder" }), { is: "call" });
          const wake = deriveSwitch(reminded.policy, reminded.history, reminded.now).nextWakeAttended ?? reminded.now;
          watched = letHappen(reminded, { is: "wait", ms: Math.min(wake - reminded.now, 3 * hourMs) });
        }
        expect(watched.history.decision?.decidedAtAttended).toBeLessThanOrEqual(Math.max(latest, 7 * dayMs));
      }),
      { numRuns: 100 },
    );
    expect(signs).toBeGreaterThan(100);
  });

  it("give everything that was decided three days late at most, however often whatever can sign weakly does so", () => {
    let suspended = 0;
    fc.assert(
      fc.property(policies, fc.array(fc.constantFrom(...weakClasses), { minLength: 1 }), (policy, by) => {
        const delay = Math.max(...policy.recipients.map((one) => one.delay));
        const first = anArmedSwitch({ policy: { ...policy, weakMax: 400 * dayMs } });
        const decision = { id: "decision", decidedAtAttended: 0 };
        const start = aWatchedSwitch(first.policy, { ...first.history, decision }, 0);
        let watched: WatchedSwitch = { ...start, witness: { ...start.witness, decidedAt: 0 } };
        for (let turn = 0; stateOf(watched) !== "released"; turn++) {
          const before = watched.history;
          watched = letHappen(watched, { is: by[turn % by.length] ?? "token" });
          if (watched.history !== before) suspended++;
          watched = letHappen(watched, { is: "wait", ms: 3 * hourMs });
        }
        expect(watched.now).toBeLessThanOrEqual(Math.max(delay, 72 * hourMs) + 72 * hourMs + 3 * hourMs);
      }),
      { numRuns: 100 },
    );
    expect(suspended).toBeGreaterThan(30);
  });

  it("end in a release if the owner stays silent and everything arrives", () => {
    fc.assert(
      fc.property(policies, (policy) => {
        const first = anArmedSwitch({ policy });
        let watched = aWatchedSwitch(first.policy, first.history, 0);
        const promised = deriveSwitch(watched.policy, watched.history, 0).left;
        let decidedAt: number | null = null;
        for (let turn = 0; turn < 1000 && stateOf(watched) !== "released"; turn++) {
          const reminded = letHappen(letHappen(watched, { is: "reminder" }), { is: "call" });
          const wake = deriveSwitch(reminded.policy, reminded.history, reminded.now).nextWakeAttended ?? reminded.now;
          watched = letHappen(reminded, { is: "wait", ms: wake - reminded.now });
          decidedAt ??= watched.history.decision?.decidedAtAttended ?? null;
        }
        expect(stateOf(watched)).toBe("released");
        expect(decidedAt).toBe(promised);
      }),
      { numRuns: 300 },
    );
  });
});
