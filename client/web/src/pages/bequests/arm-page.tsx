import { type ArmPreview, type ArmStep, type CheckInResult, isKitOfUse, RefusedError } from "@afterkeep/sdk";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type RefObject, useRef, useState } from "react";
import { Button } from "../../parts/button.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { afterkeep } from "../../session/afterkeep.ts";
import { useReceipted } from "../../session/use-check-in.ts";
import { ArmedOutcome } from "./armed-outcome.tsx";
import { ArmingSummary } from "./arming-summary.tsx";
import { KitChoice } from "./kit-choice.tsx";

type Progress = { step: ArmStep; done: number; total: number };

const steps: Record<ArmStep, string> = {
  keys: "Making fresh keys",
  deposits: "Handing the keyholder its shares",
  documents: "Sealing the documents",
  policy: "Waiting for the receipt",
};

function describeProgress(progress: Progress | null): string {
  if (progress === null) return "Sealing…";
  const counted = progress.total > 1 ? ` (${progress.done} of ${progress.total})` : "";
  return `${steps[progress.step]}${counted}…`;
}

/** @param field of the recovery kit's words; null while it is not shown */
function useArming(b: string, field: RefObject<HTMLTextAreaElement | null>) {
  const receipted = useReceipted();
  const [progress, setProgress] = useState<Progress | null>(null);
  const arm = useMutation({
    mutationFn: async (preview: ArmPreview): Promise<CheckInResult> => {
      const onProgress = (step: ArmStep, done: number, total: number) => setProgress({ step, done, total });
      // Why read from the field: what a call was given, and what it closes over, is kept for a while after it.
      const words = field.current?.value ?? "";
      const kit = isKitOfUse(preview) && words.trim() !== "" ? { kit: words } : {};
      const result = await afterkeep.arm(b, { preview, onProgress, ...kit });
      await receipted(result);
      return result;
    },
    onSettled: () => setProgress(null),
  });
  return { arm, progress };
}

/** Everything the signature will say, in words, before it is made; armed is said only after a verified receipt. */
export function ArmPage({ b }: { b: string }) {
  const preview = useQuery({
    queryKey: ["arming", b],
    queryFn: () => afterkeep.previewArming(b),
    staleTime: 0,
    refetchOnWindowFocus: false,
  });
  const [read, setRead] = useState(false);
  const [isFilled, setFilled] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const { arm, progress } = useArming(b, field);
  if (arm.data) return <ArmedOutcome b={b} result={arm.data} />;
  return (
    <Page title="Arm this bequest" lead="Read it once more. Your key signs exactly this.">
      {preview.error instanceof RefusedError ? (
        <ProblemNotice error={preview.error} title="It cannot be armed yet" />
      ) : (
        <ProblemNotice error={preview.error} />
      )}
      {preview.isPending ? <Loading what="Working out the safety words from the keys you pinned" /> : null}
      {preview.data ? <ArmingSummary preview={preview.data} isWithKit={isFilled} /> : null}
      {preview.data && preview.data.blocked !== "" ? (
        <Notice kind="attention" title="It cannot be armed yet">
          <p>{preview.data.blocked}</p>
        </Notice>
      ) : null}
      {preview.data && preview.data.blocked === "" ? (
        <div className="stack">
          {isKitOfUse(preview.data) ? <KitChoice field={field} onFilled={setFilled} /> : null}
          <label className="choice">
            <input type="checkbox" checked={read} onChange={(event) => setRead(event.target.checked)} />
            <span>
              I have read who receives it and when, and I know that whoever runs this server, together with one of these
              people, could open it early.
            </span>
          </label>
          <ProblemNotice error={arm.error} />
          <Button
            wide
            disabled={!read}
            busy={arm.isPending}
            busyLabel={describeProgress(progress)}
            onClick={() => arm.mutate(preview.data)}
          >
            Arm it
          </Button>
        </div>
      ) : null}
      <Link to="/bequests/$b" params={{ b }}>
        Back to the bequest
      </Link>
    </Page>
  );
}
