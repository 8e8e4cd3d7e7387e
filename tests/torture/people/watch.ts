import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { rememberedBy } from "../../e2e/attack/a-device.ts";
import type { BequestFacts } from "../oracle/bequest-facts.ts";
import type { Ledger } from "../oracle/ledger.ts";
import type { Household } from "./household.ts";

const everyMs = 200;
/** One look in so many is at those too of whom nothing is expected. */
const seldom = 10;
const decided = new Set(["releasing", "released"]);
const statusAnswer = z.object({ switches: z.array(z.object({ b: z.string(), state: z.string() })) });

export type Watch = { stop(): Promise<void>; states: ReadonlyMap<string, string> };

/**
 * Looks at every owner's list again and again, and tells the ledger what it sees and when the product answered. Why not through the SDK: a
 * second device on the same files at the same time is one too many.
 */
export function watchOwners(serverUrl: string, households: readonly Household[], ledger: Ledger): Watch {
  const states = new Map<string, string>();
  let isOver = false;
  const life = (async () => {
    const watched = await Promise.all(households.map(watchedOf));
    let last = performance.now();
    for (let round = 0; !isOver; round++, await wait(everyMs)) {
      const at = performance.now();
      const asked = watched.filter(({ facts }) => round % seldom === 0 || facts.some(isOpen));
      const seen = await Promise.all(asked.map(({ token }) => ask(serverUrl, token)));
      if (seen.some((one) => one === null)) {
        last = performance.now();
        continue;
      }
      ledger.service.answered(last, performance.now());
      last = performance.now();
      for (const { b, state } of seen.flatMap((one) => one ?? [])) {
        states.set(b, state);
        hear(ledger, { b, state, at });
      }
      for (const facts of ledger.bequests.values()) ledger.judgeLate(facts);
    }
  })();
  return {
    states,
    stop: async () => {
      isOver = true;
      await life;
    },
  };
}

async function watchedOf({ owner, facts }: Household) {
  return { token: (await rememberedBy(owner)).secrets.session?.token ?? "", facts };
}

function isOpen({ isClosed, disarmedAt }: BequestFacts): boolean {
  return !isClosed && disarmedAt === null;
}

function hear(ledger: Ledger, { b, state, at }: { b: string; state: string; at: number }): void {
  const facts = ledger.bequests.get(b);
  if (facts === undefined) return;
  ledger.sawState(facts, state, at);
  if (decided.has(state)) ledger.sawDecided(facts, at);
  // Why not that one: what was fetched by all is over, and says so again after every hold.
  else if (state !== "closed") ledger.sawUndecided(facts);
}

async function ask(serverUrl: string, token: string): Promise<z.infer<typeof statusAnswer>["switches"] | null> {
  try {
    const response = await fetch(`${serverUrl}/v1/status`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(5_000),
    });
    return response.ok ? statusAnswer.parse(await response.json()).switches : null;
  } catch {
    return null;
  }
}
