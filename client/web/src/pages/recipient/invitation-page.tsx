import type { RecipientView } from "@afterkeep/sdk";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Loading } from "../../parts/loading.tsx";
import { Page } from "../../parts/page.tsx";
import { QuietShell } from "../../parts/quiet-shell.tsx";
import { KeyMade, type MadeKey } from "./key-made.tsx";
import { MakeKeyForm } from "./make-key-form.tsx";
import { NoVisit } from "./no-visit.tsx";
import { OlderNotice } from "./older-notice.tsx";
import { Standing } from "./standing.tsx";
import { useVisit } from "./use-visit.ts";

function Invited({ view, onMade }: { view: RecipientView; onMade: (made: MadeKey) => void }) {
  return (
    <Page
      title={`${view.ownerName} wants to leave you something`}
      lead="Not now: only if one day they cannot give it to you themselves."
    >
      <OlderNotice view={view} />
      <div className="stack">
        <p>
          So that only you can open it then, your device makes a key now. It takes two minutes, costs nothing, and you
          need no account.
        </p>
        <p className="soft">
          If you do not know {view.ownerName}, or did not expect this, simply close the page. Nothing happens then.
        </p>
      </div>
      <MakeKeyForm ownerName={view.ownerName} onMade={onMade} />
    </Page>
  );
}

export function InvitationPage() {
  const visit = useVisit();
  const client = useQueryClient();
  const [made, setMade] = useState<MadeKey | null>(null);
  const view = visit.data;
  if (visit.isPending) {
    return (
      <QuietShell>
        <Loading what="Opening your invitation" />
      </QuietShell>
    );
  }
  return (
    <QuietShell>
      {made && view ? (
        <KeyMade
          made={made}
          ownerName={view.ownerName}
          onDone={() => {
            setMade(null);
            void client.invalidateQueries({ queryKey: ["visit"] });
          }}
        />
      ) : !view ? (
        <Page title="Your invitation">
          <NoVisit error={visit.error} />
        </Page>
      ) : view.state === "invited" ? (
        <Invited view={view} onMade={setMade} />
      ) : (
        <Standing view={view} />
      )}
    </QuietShell>
  );
}
