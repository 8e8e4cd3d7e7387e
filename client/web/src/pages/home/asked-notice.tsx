import type { SwitchInfo } from "@afterkeep/sdk";
import { Button } from "../../parts/button.tsx";
import { Notice } from "../../parts/notice.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { afterkeep } from "../../session/afterkeep.ts";
import { useCheckIn } from "../../session/use-check-in.ts";
import { formatSpan } from "../../words/dates.ts";

type Asked = SwitchInfo["requests"][number];
type Props = { row: SwitchInfo; asked: Asked; name: string; others: readonly Asked[] };

/** Somebody asks. Saying no is what every check-in does; letting it go on must be said. */
export function AskedNotice({ row, asked, name, others }: Props) {
  const no = useCheckIn(() => afterkeep.checkIn({ leave: others.map(({ request }) => request) }));
  const goOn = useCheckIn(() => afterkeep.checkIn({ leave: [...others, asked].map(({ request }) => request) }));
  return (
    <Notice kind="attention" title={`${name} asks for “${row.title}”`}>
      <p>
        If you say nothing, it opens for everybody in it in about {formatSpan(asked.leftMs)}. Whenever you press “I’m
        here”, the answer is no.
      </p>
      <div className="row">
        <Button busy={no.isPending} busyLabel="Waiting for the receipt…" onClick={() => no.mutate()}>
          No, keep it closed
        </Button>
        <Button look="second" busy={goOn.isPending} busyLabel="Waiting for the receipt…" onClick={() => goOn.mutate()}>
          I’m here, but let it go on
        </Button>
      </div>
      <ProblemNotice error={no.error ?? goOn.error} />
    </Notice>
  );
}
