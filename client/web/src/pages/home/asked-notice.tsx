import type { CheckInResult, PendingRequest } from "@afterkeep/sdk";
import { Button } from "../../parts/button.tsx";
import { Notice } from "../../parts/notice.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { afterkeep } from "../../session/afterkeep.ts";
import { useCheckIn } from "../../session/use-check-in.ts";
import { formatSpan } from "../../words/dates.ts";

/** As many as one check-in can let go on. */
export const leaveAtMost = 16;

type Props = {
  asked: PendingRequest;
  title: string;
  name: string;
  others: readonly PendingRequest[];
  /** Called before what is asked is read again, and this notice is gone with the request. */
  onRefused: (result: CheckInResult) => void;
};

/** Somebody asks. Saying no is what every check-in does; letting it go on must be said. */
export function AskedNotice({ asked, title, name, others, onRefused }: Props) {
  const no = useCheckIn(async () => {
    const result = await afterkeep.checkIn({ leave: others.slice(0, leaveAtMost) });
    onRefused(result);
    return result;
  });
  const goOn = useCheckIn(() => afterkeep.checkIn({ leave: [asked, ...others].slice(0, leaveAtMost) }));
  return (
    <Notice kind="attention" title={`${name} asks for “${title}”`}>
      {goOn.isSuccess ? (
        <p>
          Your check-in counted, and this goes on: it opens in about {formatSpan(asked.left)}. Until then you can still
          say no.
        </p>
      ) : (
        <p>
          If you say nothing, it opens for everybody in it in about {formatSpan(asked.left)}. Whenever you press “I’m
          here”, the answer is no. If you let it go on, it opens at the same time, and until then you can still say no.
        </p>
      )}
      <p className="soft">Whatever you add, change or arm meanwhile says no too, also where you let it go on.</p>
      <div className="row">
        <Button busy={no.isPending} busyLabel="Waiting for the receipt…" onClick={() => no.mutate()}>
          No, keep it closed
        </Button>
        {goOn.isSuccess ? null : (
          <Button
            look="second"
            busy={goOn.isPending}
            busyLabel="Waiting for the receipt…"
            onClick={() => goOn.mutate()}
          >
            Let it go on
          </Button>
        )}
      </div>
      <ProblemNotice error={no.error ?? goOn.error} />
    </Notice>
  );
}
