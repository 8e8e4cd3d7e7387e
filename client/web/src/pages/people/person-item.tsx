import type { RecipientInfo } from "@afterkeep/sdk";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../parts/button.tsx";
import { Notice } from "../../parts/notice.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { Tag } from "../../parts/tag.tsx";
import { afterkeep } from "../../session/afterkeep.ts";
import { standingOf, standings } from "../../words/person-in-words.ts";
import { CompareDialog } from "./compare-dialog.tsx";

function InviteAgain({ r }: { r: string }) {
  const again = useMutation({ mutationFn: () => afterkeep.reinviteRecipient(r) });
  return (
    <>
      <ProblemNotice error={again.error} />
      {again.isSuccess ? (
        <p role="status" className="soft">
          A new invitation is on its way. The earlier link no longer works.
        </p>
      ) : (
        <Button look="quiet" busy={again.isPending} onClick={() => again.mutate()}>
          Send the invitation again
        </Button>
      )}
    </>
  );
}

export function PersonItem({ person }: { person: RecipientInfo }) {
  const [comparing, setComparing] = useState(false);
  const standing = standingOf(person);
  const words = standings[standing];
  return (
    <section className="card" aria-label={person.name}>
      <div className="row row-between">
        <div className="grow">
          <h2>{person.name}</h2>
          <p className="soft">{person.email}</p>
        </div>
        <Tag tone={words.tone}>{words.tag}</Tag>
      </div>
      {standing === "key-changed" ? (
        <Notice kind="problem">
          <p>{words.sentence}</p>
        </Notice>
      ) : (
        <p>{words.sentence}</p>
      )}
      <div className="row">
        {standing === "invited" || standing === "bounced" ? <InviteAgain r={person.r} /> : null}
        {standing === "to-compare" || standing === "unverified" ? (
          <Button onClick={() => setComparing(true)}>Compare safety words</Button>
        ) : null}
        {standing === "compared" ? (
          <Button look="quiet" onClick={() => setComparing(true)}>
            See the words again
          </Button>
        ) : null}
      </div>
      {comparing ? <CompareDialog person={person} onClose={() => setComparing(false)} /> : null}
    </section>
  );
}
