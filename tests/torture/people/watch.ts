import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { rememberedBy } from "../../e2e/attack/a-device.ts";
import type { Ledger } from "../oracle/ledger.ts";
import type { Household } from "./household.ts";

const everyMs = 150;
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
    const tokens = await Promise.all(households.map(async ({ owner }) => (await rememberedBy(owner)).secrets.session));
    for (let last = performance.now(); !isOver; await wait(everyMs)) {
      const at = performance.now();
      const seen = await Promise.all(tokens.map((session) => ask(serverUrl, session?.token ?? "")));
      if (seen.some((one) => one === null)) {
        last = performance.now();
        continue;
      }
      ledger.answered(last, performance.now());
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
