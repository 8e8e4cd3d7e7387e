import { fingerprint, type PinnedKeyholder } from "@afterkeep/sdk";
import { useQuery } from "@tanstack/react-query";
import { statusQuery } from "../../session/queries.ts";
import { reachedFrom } from "../../words/state-in-words.ts";

/** This browser pinned the keyholder when it first met it; only a person can compare that pin with paper. */
export function KeyholderCard({ keyholder }: { keyholder: PinnedKeyholder }) {
  const receipt = useQuery(statusQuery).data?.lastReceipt ?? null;
  return (
    <section className="card" aria-labelledby="keyholder">
      <h2 id="keyholder">The keyholder of this server</h2>
      <p>
        It alone decides when something may open, and signs every receipt. This browser refuses any other. Compare once
        with your recovery kit: the fingerprint there must be the same.
      </p>
      <dl className="facts">
        <dt>Fingerprint</dt>
        <dd>
          <code data-testid="keyholder-fingerprint">{fingerprint(keyholder.thumb)}</code>
        </dd>
        <dt>Clock</dt>
        <dd>{keyholder.mode === "demo" ? "Accelerated, for demonstration only" : "Real time"}</dd>
        {receipt === null ? null : (
          <>
            <dt>Time counts while it is reached</dt>
            <dd>{reachedFrom[receipt.probe]}</dd>
          </>
        )}
      </dl>
    </section>
  );
}
