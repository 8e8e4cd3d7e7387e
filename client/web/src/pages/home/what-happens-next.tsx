import type { BequestInfo, SwitchInfo } from "@afterkeep/sdk";
import { Timeline } from "../../parts/timeline.tsx";
import { useProductNow } from "../../session/use-product-now.ts";
import { formatMoment } from "../../words/dates.ts";
import { describeSilence } from "../../words/times-in-words.ts";

const running = new Set<SwitchInfo["state"]>(["armed", "reminding", "grace", "lastCall"]);
type Next = { bequest: BequestInfo; usedMs: number; earliestMs: number };

/** The running bequest that can be released first. */
function nearest(bequests: readonly BequestInfo[], switches: readonly SwitchInfo[]): Next | null {
  const candidates = switches.flatMap(({ b, state, usedMs, silenceMs: earliestMs }) => {
    const bequest = bequests.find((one) => one.b === b);
    return bequest && earliestMs !== null && running.has(state) ? [{ bequest, usedMs, earliestMs }] : [];
  });
  return candidates.sort((one, other) => one.earliestMs - other.earliestMs)[0] ?? null;
}

export function WhatHappensNext(props: { bequests: readonly BequestInfo[]; switches: readonly SwitchInfo[] }) {
  const now = useProductNow()();
  const next = nearest(props.bequests, props.switches);
  if (next === null) return null;
  const { draft } = next.bequest;
  const steps = describeSilence(draft.times, now - next.usedMs)
    .filter((step) => step.last || step.at > now)
    // Why the keyholder's own moment: it knows of floors and gaps that the times alone do not show.
    .map((step) => (step.last ? { ...step, at: next.earliestMs, when: formatMoment(next.earliestMs) } : step));
  return (
    <section className="card" aria-labelledby="next">
      <div className="stack stack-tight">
        <h2 id="next">If you did nothing from now on</h2>
        <p className="soft">
          This is what would happen, beginning with “{draft.title}”. These are the earliest dates; one press of the
          button above moves them all.
        </p>
      </div>
      <Timeline steps={steps} />
    </section>
  );
}
