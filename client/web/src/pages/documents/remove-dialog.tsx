import type { DocumentInfo } from "@afterkeep/sdk";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { useRemoveDocuments } from "../../session/use-change-documents.ts";

type Props = { chosen: readonly DocumentInfo[]; onDone: () => void; onClose: () => void };

export function RemoveDialog({ chosen, onDone, onClose }: Props) {
  const remove = useRemoveDocuments(onDone);
  const what = chosen.length === 1 ? `“${chosen[0]?.name ?? ""}”` : `${chosen.length} documents`;
  return (
    <Dialog title={`Remove ${what}?`} open onClose={onClose}>
      <p>
        {chosen.length === 1
          ? "It leaves your vault with all its versions"
          : "They leave your vault with all their versions"}
        , and the server deletes what it holds of {chosen.length === 1 ? "it" : "them"} 30 days later. There is no way
        to bring {chosen.length === 1 ? "it" : "them"} back from here; download first what you may still need.
      </p>
      <p className="soft">What an armed bequest leaves to somebody cannot be removed.</p>
      <ProblemNotice error={remove.error} title="Nothing was removed" />
      <div className="row row-end row-actions">
        <Button look="quiet" onClick={onClose}>
          Keep {chosen.length === 1 ? "it" : "them"}
        </Button>
        <Button
          look="grave"
          busy={remove.isPending}
          busyLabel="Signing the change…"
          onClick={() => remove.mutate(chosen.map(({ doc }) => doc))}
        >
          Remove
        </Button>
      </div>
    </Dialog>
  );
}
