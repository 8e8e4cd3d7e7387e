import type { BequestInfo } from "@afterkeep/sdk";
import { dayMs } from "@afterkeep/switch";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { NumberField } from "../../parts/number-field.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { afterkeep } from "../../session/afterkeep.ts";
import { useReceipted } from "../../session/use-check-in.ts";

const longestDays = 365;

/** For a journey, an operation, a retreat: nothing runs, and nothing has to be remembered until then. */
export function PauseButton({ bequest }: { bequest: BequestInfo }) {
  const [asking, setAsking] = useState(false);
  const [days, setDays] = useState(30);
  const receipted = useReceipted();
  const pause = useMutation({
    mutationFn: async (forMs: number) => receipted(await afterkeep.pause(bequest.b, forMs)),
    onSuccess: () => setAsking(false),
  });
  const isPaused = bequest.state === "paused";
  if (isPaused) {
    return (
      <>
        <Button
          look="second"
          busy={pause.isPending}
          busyLabel="Waiting for the receipt…"
          onClick={() => pause.mutate(0)}
        >
          End the pause
        </Button>
        <ProblemNotice error={pause.error} />
      </>
    );
  }
  return (
    <>
      <Button look="second" onClick={() => setAsking(true)}>
        Pause it
      </Button>
      <Dialog title={`Pause “${bequest.draft.title}”?`} open={asking} onClose={() => setAsking(false)}>
        <form
          className="stack"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            // Why asked: what is typed and not allowed is shown with its fault, and must not stand for the number before it.
            if (event.currentTarget.checkValidity()) pause.mutate(days * dayMs);
          }}
        >
          <p>
            For so long nobody asks you for a check-in, and nothing opens. Then the full time begins anew, as after a
            check-in. You can end the pause before.
          </p>
          <NumberField
            label="Days"
            hint={`Up to ${longestDays}. Only days on which this service can be reached count.`}
            min={1}
            max={longestDays}
            value={days}
            onChange={setDays}
          />
          <ProblemNotice error={pause.error} />
          <div className="row row-end row-actions">
            <Button look="quiet" onClick={() => setAsking(false)}>
              Leave it as it is
            </Button>
            <Button type="submit" busy={pause.isPending} busyLabel="Waiting for the receipt…">
              Pause it
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
