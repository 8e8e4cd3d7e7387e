import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../parts/button.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Page } from "../../parts/page.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { recipientsQuery } from "../../session/queries.ts";
import { InviteDialog } from "./invite-dialog.tsx";
import { PersonItem } from "./person-item.tsx";

export function PeoplePage() {
  const recipients = useQuery({ ...recipientsQuery, refetchInterval: 20_000 });
  const [inviting, setInviting] = useState(false);
  return (
    <Page
      title="People"
      lead="Those you leave something to. Each makes a key on their own device; you compare eight words by phone."
      action={
        <Button onClick={() => setInviting(true)}>
          <Icon name="add" /> Invite somebody
        </Button>
      }
    >
      <ProblemNotice error={recipients.error} />
      {recipients.isPending ? <Loading /> : null}
      {recipients.data?.length === 0 ? (
        <p className="soft">Nobody yet. Begin with the person you would trust with your front-door key.</p>
      ) : null}
      {recipients.data?.map((person) => (
        <PersonItem key={person.r} person={person} />
      ))}
      <InviteDialog open={inviting} onClose={() => setInviting(false)} />
    </Page>
  );
}
