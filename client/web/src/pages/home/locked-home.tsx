import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../parts/button.tsx";
import { OfflineNotice } from "../../parts/offline-notice.tsx";
import { Page } from "../../parts/page.tsx";
import { QuietShell } from "../../parts/quiet-shell.tsx";
import { afterkeep } from "../../session/afterkeep.ts";
import { lastReceiptQuery, rememberedQuery } from "../../session/queries.ts";
import { CredentialsForm } from "../sign-in/credentials-form.tsx";
import { EarliestCard } from "./earliest-card.tsx";
import { HereButton } from "./here-button.tsx";
import { RestoredNotice } from "./restored-notice.tsx";

/** Locked, but not helpless: the device key alone can say "I'm here" while the session lives. */
export function LockedHome({ name }: { name: string }) {
  const kept = useQuery(lastReceiptQuery);
  const remembered = useQuery(rememberedQuery);
  const [unlocking, setUnlocking] = useState(false);
  return (
    <QuietShell>
      <Page title={`Hello, ${name}`} lead="Your vault is locked. You can check in without opening it.">
        <OfflineNotice />
        <RestoredNotice isLocked />
        <EarliestCard receipt={kept.data ?? null}>
          <HereButton way={() => afterkeep.checkIn()} />
        </EarliestCard>
        {unlocking ? (
          <section className="card" aria-labelledby="unlock">
            <h2 id="unlock">Unlock</h2>
            <CredentialsForm knownEmail={remembered.data?.email ?? ""} label="Unlock" />
          </section>
        ) : (
          <Button look="second" wide onClick={() => setUnlocking(true)}>
            Unlock my vault
          </Button>
        )}
      </Page>
    </QuietShell>
  );
}
