import type { Ordeal } from "./ledger/ordeal.ts";
import { inDays } from "./ledger/violation.ts";
import { runWorld, type WorldReport } from "./run-world.ts";
import { planOf } from "./world-plan.ts";

const longestDelayMs = 72 * 3_600_000;
const tickMs = 60_000;

/**
 * The same owners, silent from the first day, with an honest clock zone, a dead one and a lying one: what the keyholder decides is a function
 * of its own store and clock and of verified statements, so nobody's word brings a decision forward (S10), nor puts it off for longer than
 * three attended days (L12). A liar presses no links here: what those do is S7's question.
 */
export async function liveTwins(seed: string): Promise<WorldReport[]> {
  const live = async (ordeal: Ordeal) =>
    runWorld({
      ...planOf(seed, "eventful"),
      calm: Number.POSITIVE_INFINITY,
      isSilent: true,
      isAsked: true,
      hasClockZone: false,
      hasOperators: false,
      hasApi: false,
      vaults: 12,
      years: 3,
      ordeal,
    });
  const [honest, dead, lying] = [await live("none"), await live("dead clock zone"), await live("lying clock zone")];
  if (honest.decisions.size === 0) throw new Error("nothing was decided, so nothing was compared");
  return [honest, compare(honest, dead), compare(honest, lying)];
}

function compare(honest: WorldReport, other: WorldReport): WorldReport {
  const name = `with a ${other.plan.ordeal}`;
  for (const [bequest, decidedAt] of honest.decisions) {
    const later = (other.decisions.get(bequest) ?? Number.POSITIVE_INFINITY) - decidedAt;
    // Why before what the world itself found: it stops there, and whatever is early is early for this reason.
    if (later < -tickMs) return broken(other, "S10", `decided ${inDays(-later)} earlier ${name}`);
    if (later > longestDelayMs && other.violation === null)
      return broken(other, "L12", `decided ${inDays(later)} later ${name}`);
  }
  const judged = { S10: honest.decisions.size, L12: honest.decisions.size };
  return other.violation === null ? { ...other, judged } : other;
}

function broken(report: WorldReport, invariant: string, detail: string): WorldReport {
  return { ...report, violation: { invariant, detail: `${invariant}: ${detail}`, recent: [] } };
}
