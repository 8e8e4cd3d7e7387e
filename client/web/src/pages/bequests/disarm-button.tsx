import type { BequestInfo } from "@afterkeep/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { afterkeep } from "../../session/afterkeep.ts";
import { useReceipted } from "../../session/use-check-in.ts";

export function DisarmButton({ bequest }: { bequest: BequestInfo }) {
  const [asking, setAsking] = useState(false);
  const receipted = useReceipted();
  const disarm = useMutation({
    mutationFn: async () => receipted(await afterkeep.disarm(bequest.b)),
    onSuccess: () => setAsking(false),
  });
  return (
    <>
      <Button look="grave" onClick={() => setAsking(true)}>
        Disarm it
      </Button>
      <Dialog title={`Disarm “${bequest.draft.title}”?`} open={asking} onClose={() => setAsking(false)}>
        <p>
          From the moment the keyholder signs for it, this bequest will not open for anybody, however long you are
          silent. Your documents stay. You can arm it again at any time.
        </p>
        <ProblemNotice error={disarm.error} />
        <div className="row row-end row-actions">
          <Button look="quiet" onClick={() => setAsking(false)}>
            Leave it armed
          </Button>
          <Button
            look="grave"
            busy={disarm.isPending}
            busyLabel="Waiting for the receipt…"
            onClick={() => disarm.mutate()}
          >
            Disarm it
          </Button>
        </div>
      </Dialog>
    </>
  );
}
