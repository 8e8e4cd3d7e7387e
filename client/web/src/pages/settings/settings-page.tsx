import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Loading } from "../../parts/loading.tsx";
import { Page } from "../../parts/page.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { Tag } from "../../parts/tag.tsx";
import { accountQuery } from "../../session/queries.ts";
import { VerifyEmailNotice } from "../home/verify-email-notice.tsx";
import { DisarmAll } from "./disarm-all.tsx";
import { ExportCard } from "./export-card.tsx";
import { KeyholderCard } from "./keyholder-card.tsx";
import { SignOut } from "./sign-out.tsx";
import { VersionsPolicyCard } from "./versions-policy-card.tsx";

export function SettingsPage() {
  const account = useQuery(accountQuery);
  return (
    <Page title="Settings">
      <ProblemNotice error={account.error} />
      {account.isPending ? <Loading /> : null}
      {account.data ? (
        <>
          {account.data.emailVerified ? null : <VerifyEmailNotice email={account.data.email} />}
          <section className="card" aria-labelledby="you">
            <h2 id="you">You</h2>
            <dl className="facts">
              <dt>Name</dt>
              <dd>{account.data.displayName}</dd>
              <dt>E-mail</dt>
              <dd>
                {account.data.email}{" "}
                <Tag tone={account.data.emailVerified ? "good" : "attention"}>
                  {account.data.emailVerified ? "Confirmed" : "Not confirmed"}
                </Tag>
              </dd>
            </dl>
          </section>
          <KeyholderCard keyholder={account.data.keyholder} />
        </>
      ) : null}
      <VersionsPolicyCard />
      <ExportCard />
      <section className="card" aria-labelledby="activity">
        <h2 id="activity">Activity</h2>
        <p>Everything that was done with your vault, proven entry by entry.</p>
        <Link to="/activity">See the activity</Link>
      </section>
      <SignOut />
      <DisarmAll />
    </Page>
  );
}
