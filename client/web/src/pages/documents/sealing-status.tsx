import type { DocumentInfo } from "@afterkeep/sdk";
import { Button } from "../../parts/button.tsx";
import { Notice } from "../../parts/notice.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { ProgressRow } from "../../parts/progress-row.tsx";
import { cancelSealing, type SealingOutcome } from "../../session/sealing.ts";
import { useSealing, useStalled } from "../../session/use-sealing.ts";
import { describePace } from "../../words/rate-in-words.ts";

/** What is going up now, with rate and time left, and a way to stop it. Renders nothing while nothing is. */
export function SealingProgress() {
  const sealing = useSealing();
  const stalled = useStalled(sealing);
  const { busy, progress } = sealing;
  if (!busy) return null;
  const label = progress ? labelOf(progress) : "Preparing…";
  return (
    <div className="stack stack-tight sealing">
      <ProgressRow label={label} done={progress?.allDoneBytes ?? 0} total={progress?.allTotalBytes ?? 0} />
      <p className="soft small" role="status">
        {stalled
          ? "The connection is slow or lost. It goes on by itself when it is back."
          : describePace(progress?.bytesPerSecond ?? null, progress?.msLeft ?? null)}
      </p>
      <div className="row row-between">
        <p className="soft small">Keep this page open; it stays unlocked until this is done.</p>
        <Button look="quiet" onClick={cancelSealing}>
          Cancel
        </Button>
      </div>
    </div>
  );
}

function labelOf({ index, count, name }: { index: number; count: number; name: string }): string {
  return count === 1 ? `Sealing ${name}` : `Sealing ${index + 1} of ${count}: ${name}`;
}

function describeAdded(documents: readonly DocumentInfo[]): string {
  const count = documents.length;
  if (count === 1 && documents.some(({ versions }) => versions > 1))
    return "The new version was sealed, and is the current one now.";
  return count === 1
    ? "One document was sealed and put into your vault."
    : `${count} documents were sealed and put into your vault.`;
}

function Restarted({ names }: { names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <p>
      {names.join(", ")} could not go on where it stopped (the file was changed, or the server had lost its part), so it
      was sealed again from the beginning.
    </p>
  );
}

export function SealingResult({ outcome }: { outcome: SealingOutcome | null }) {
  if (outcome === null) return null;
  if (outcome.kind === "failed") return <ProblemNotice error={outcome.error} title="This was not added" />;
  if (outcome.kind === "cancelled") {
    return (
      <Notice announce>
        <p>Cancelled. Nothing of it was added.</p>
      </Notice>
    );
  }
  return (
    <Notice kind="good" announce>
      <p>{describeAdded(outcome.documents)}</p>
      <Restarted names={outcome.restarted} />
      {outcome.notFollowed.map((text) => (
        <p key={text}>{text}</p>
      ))}
    </Notice>
  );
}
