import type { RecipientView } from "@afterkeep/sdk";
import { useQueryClient } from "@tanstack/react-query";
import { Loading } from "../../parts/loading.tsx";
import { OfflineNotice } from "../../parts/offline-notice.tsx";
import { Page } from "../../parts/page.tsx";
import { QuietShell } from "../../parts/quiet-shell.tsx";
import { Asking } from "./asking.tsx";
import { InvitationPage } from "./invitation-page.tsx";
import { NoVisit } from "./no-visit.tsx";
import { OlderNotice } from "./older-notice.tsx";
import { ReleaseCard } from "./release-card.tsx";
import { Standing } from "./standing.tsx";
import { UnlockKeyForm } from "./unlock-key-form.tsx";
import { useVisit } from "./use-visit.ts";

function Released({ view }: { view: RecipientView }) {
  const client = useQueryClient();
  const mayOpen = view.releases.some((release) => release.stage !== "waiting" && release.stage !== "withdrawn");
  return (
    <Page
      title={`${view.ownerName} left this for you`}
      lead="It was kept sealed until now. Take the time you need; it stays here."
    >
      <OfflineNotice />
      <OlderNotice view={view} />
      {mayOpen && !view.hasKeyHere ? (
        <UnlockKeyForm view={view} onUnlocked={() => void client.invalidateQueries({ queryKey: ["visit"] })} />
      ) : null}
      {view.releases.map((release) => (
        <ReleaseCard key={release.b} release={release} ownerName={view.ownerName} unlocked={view.hasKeyHere} />
      ))}
      <Asking view={view} />
    </Page>
  );
}

/** Where the mail of a release leads; made first for a phone in somebody's hand on a hard day. */
export function OpenPage() {
  const visit = useVisit();
  if (visit.isPending) {
    return (
      <QuietShell>
        <Loading what="Looking for what was left for you" />
      </QuietShell>
    );
  }
  if (!visit.data) {
    return (
      <QuietShell>
        <Page title="What was left for you">
          <NoVisit error={visit.error} />
        </Page>
      </QuietShell>
    );
  }
  if (visit.data.state === "invited") return <InvitationPage />;
  return (
    <QuietShell>
      {visit.data.releases.length === 0 ? <Standing view={visit.data} /> : <Released view={visit.data} />}
    </QuietShell>
  );
}
