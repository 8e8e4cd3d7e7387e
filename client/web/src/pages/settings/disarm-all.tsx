import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Notice } from "../../parts/notice.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { afterkeep } from "../../session/afterkeep.ts";
import { useReceipted } from "../../session/use-check-in.ts";

export function DisarmAll() {
  const [asking, setAsking] = useState(false);
  const receipted = useReceipted();
  const disarm = useMutation({
    mutationFn: async () => receipted(await afterkeep.disarmAll()),
    onSuccess: () => setAsking(false),
  });
  return (
    <section className="card" aria-labelledby="stop">
      <h2 id="stop">Stop everything</h2>
      <p>Disarms all bequests at once. Nothing is deleted; you can arm each of them again.</p>
      {disarm.isSuccess ? (
        <Notice kind="good" title="Everything is disarmed" announce>
          <p>The keyholder signed for it. Nothing can be released.</p>
        </Notice>
      ) : null}
      <div>
        <Button look="grave" onClick={() => setAsking(true)}>
          Disarm everything
        </Button>
      </div>
      <Dialog title="Disarm everything?" open={asking} onClose={() => setAsking(false)}>
        <p>From the moment the keyholder signs for it, nothing opens for anybody, however long you are silent.</p>
        <ProblemNotice error={disarm.error} />
        <div className="row row-end row-actions">
          <Button look="quiet" onClick={() => setAsking(false)}>
            Leave it as it is
          </Button>
          <Button
            look="grave"
            busy={disarm.isPending}
            busyLabel="Waiting for the receipt…"
            onClick={() => disarm.mutate()}
          >
            Disarm everything
          </Button>
        </div>
      </Dialog>
    </section>
  );
}
