import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Icon } from "../../parts/icon.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Page } from "../../parts/page.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { bequestsQuery } from "../../session/queries.ts";
import { BequestItem } from "./bequest-item.tsx";

export function BequestsPage() {
  const bequests = useQuery(bequestsQuery);
  return (
    <Page
      title="Bequests"
      lead="A message and some documents, for the people you choose. Each bequest has its own times."
      action={
        <Link to="/bequests/new" className="button">
          <Icon name="add" /> Write a bequest
        </Link>
      }
    >
      <ProblemNotice error={bequests.error} />
      {bequests.isPending ? <Loading /> : null}
      {bequests.data?.length === 0 ? (
        <p className="soft">None yet. It stays a draft until you arm it, so there is no harm in beginning.</p>
      ) : null}
      {bequests.data?.map((bequest) => (
        <BequestItem key={bequest.b} bequest={bequest} />
      ))}
    </Page>
  );
}
