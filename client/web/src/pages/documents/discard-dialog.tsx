import type { PendingUpload } from "@afterkeep/sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { forgetHandles } from "../../device/upload-journal.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { afterkeep } from "../../session/afterkeep.ts";
import { pendingUploadsQuery } from "../../session/queries.ts";
import { formatSize } from "../../words/size-in-words.ts";

type Props = { upload: PendingUpload; all: readonly PendingUpload[]; onClose: () => void };

export function DiscardDialog({ upload, all, onClose }: Props) {
  const client = useQueryClient();
  const discard = useMutation({
    mutationFn: async () => {
      await afterkeep.discardUpload(upload.ver);
      const others = all.filter((one) => one !== upload);
      await forgetHandles(
        [upload.source],
        others.map(({ source }) => source),
      );
    },
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: pendingUploadsQuery.queryKey }),
  });
  return (
    <Dialog title={`Discard the upload of “${upload.name}”?`} open onClose={onClose}>
      <p>
        What was sent so far ({formatSize(upload.doneBytes)}) is thrown away. The file itself stays where it is, and you
        can seal it again from the beginning.
      </p>
      <ProblemNotice error={discard.error} title="It was not discarded" />
      <div className="row row-end row-actions">
        <Button look="quiet" onClick={onClose}>
          Keep it
        </Button>
        <Button look="grave" busy={discard.isPending} onClick={() => discard.mutate()}>
          Discard
        </Button>
      </div>
    </Dialog>
  );
}
