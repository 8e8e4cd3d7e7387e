import type { BequestInfo } from "@afterkeep/sdk";
import { Timeline } from "../../parts/timeline.tsx";
import type { SwitchStatus } from "../../session/shapes.ts";
import { useProductNow } from "../../session/use-product-now.ts";
import { describeSilence } from "../../words/times-in-words.ts";

/** The running bequest that comes first, with the time of its last sign seen from now. */
function nearest(bequests: readonly BequestInfo[], switches: readonly SwitchStatus[]) {
  const running = switches
    .filter((row) => row.state === "armed" || row.state === "reminding")
    .sort((a, b) => a.earliestMs - b.earliestMs)[0];
  const bequest = bequests.find((candidate) => candidate.b === running?.b);
  return running && bequest ? { running, bequest } : null;
}

export function WhatHappensNext(props: { bequests: readonly BequestInfo[]; switches: readonly SwitchStatus[] }) {
  const now = useProductNow();
  const first = nearest(props.bequests, props.switches);
  if (first === null) return null;
  const steps = describeSilence(first.bequest.draft.times, now() - first.running.usedMs).filter(
    (step) => step.last || step.at > now(),
  );
  return (
    <section className="card" aria-labelledby="next">
      <div className="stack stack-tight">
        <h2 id="next">If you did nothing from now on</h2>
        <p className="soft">
          This is what would happen, beginning with “{first.bequest.draft.title}”. These are the earliest dates; one press
          of the button above moves them all.
        </p>
      </div>
      <Timeline steps={steps} />
    </section>
  );
}
