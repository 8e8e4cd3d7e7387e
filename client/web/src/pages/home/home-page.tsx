import { useQuery } from "@tanstack/react-query";
import { Page } from "../../parts/page.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { afterkeep } from "../../session/afterkeep.ts";
import { accountQuery, bequestsQuery, lastReceiptQuery, statusQuery } from "../../session/queries.ts";
import { useProductNow } from "../../session/use-product-now.ts";
import { useSession } from "../../session/use-session.ts";
import { earliestOf } from "../../words/earliest.ts";
import { EarliestCard } from "./earliest-card.tsx";
import { FirstSteps } from "./first-steps.tsx";
import { HereButton } from "./here-button.tsx";
import { LooseningNotices } from "./loosening-notices.tsx";
import { RestoredNotice } from "./restored-notice.tsx";
import { ShortWeekNotice } from "./short-week-notice.tsx";
import { StandingNotices } from "./standing-notices.tsx";
import { UnheardNotice } from "./unheard-notice.tsx";
import { VerifyEmailNotice } from "./verify-email-notice.tsx";
import { WhatHappensNext } from "./what-happens-next.tsx";

/** The newest verified receipt: the one just read, else what this device kept. */
function useNewestReceipt() {
  const status = useQuery(statusQuery);
  const kept = useQuery(lastReceiptQuery);
  const read = status.data?.lastReceipt;
  const fresh = read ? { at: read.at, earliestMs: earliestOf(read) } : null;
  const newest = fresh && (!kept.data || fresh.at >= kept.data.at) ? fresh : (kept.data ?? null);
  return { status, newest };
}

export function HomePage() {
  const session = useSession();
  const account = useQuery(accountQuery);
  const bequests = useQuery(bequestsQuery);
  const { status, newest } = useNewestReceipt();
  const now = useProductNow()();
  return (
    <Page title={`Hello, ${session.data?.displayName ?? ""}`}>
      <ProblemNotice error={status.error ?? account.error} />
      {account.data && !account.data.emailVerified ? <VerifyEmailNotice email={account.data.email} /> : null}
      <RestoredNotice isLocked={false} />
      <LooseningNotices loosenings={status.data?.loosenings ?? []} nowMs={now} />
      <UnheardNotice unheard={status.data?.unheard ?? []} />
      <ShortWeekNotice percent={status.data?.attendedPercent ?? null} />
      <StandingNotices switches={status.data?.switches ?? []} />
      <EarliestCard receipt={newest}>
        <HereButton way={() => afterkeep.checkIn()} />
      </EarliestCard>
      {bequests.data && status.data ? (
        <WhatHappensNext bequests={bequests.data} switches={status.data.switches} />
      ) : null}
      <FirstSteps emailVerified={account.data?.emailVerified ?? false} />
    </Page>
  );
}
