import { readStatement } from "../access/statement-reading.ts";
import type { KeptStop } from "../storage/statements.ts";

/**
 * When the owner last stopped a bequest as it stands now; null where it runs. Why here: what stops stands beside the chain, which is all that
 * another device reads, so a person would see that it is stopped and not when they did it.
 */
export function stoppedAt({ b, state }: { b: string; state: string }, newestFirst: readonly KeptStop[]): number | null {
  const kind = stopOf(state);
  const stop = newestFirst.find((one) => one.kind === kind && isAbout(b, one));
  return stop?.accepted_at ?? null;
}

/** What the owner signs to bring a switch into this state; null where it runs. */
export function stopOf(state: string): "disarm" | "pause" | null {
  return state === "disarmed" ? "disarm" : state === "paused" ? "pause" : null;
}

function isAbout(b: string, { kind, jws }: KeptStop): boolean {
  const { body } = readStatement(kind, jws);
  return body.scope === "account" || body.b === b;
}
