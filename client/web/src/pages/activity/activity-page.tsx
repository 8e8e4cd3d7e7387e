import { useQuery } from "@tanstack/react-query";
import { Loading } from "../../parts/loading.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { Tag } from "../../parts/tag.tsx";
import { logQuery } from "../../session/queries.ts";
import { groupActivity } from "../../words/activity-groups.ts";
import { describeAction } from "../../words/action-in-words.ts";

/** Newest first. A leaf is shown only with a verified inclusion proof: `verifyLog` refuses the whole answer otherwise. */
export function ActivityPage() {
  const log = useQuery(logQuery);
  const groups = groupActivity(log.data?.leaves ?? []);
  return (
    <Page
      title="Activity"
      lead="Everything that was done with your vault, from a log that cannot be changed afterwards without being noticed here."
    >
      <ProblemNotice error={log.error} />
      {log.isPending ? <Loading what="Verifying the log" /> : null}
      {log.data ? (
        <Notice kind="good" title="Verified on this device">
          <p>
            {log.data.leaves.length} entries of yours, each proven to be in the signed log of {log.data.size} entries.
          </p>
        </Notice>
      ) : null}
      <ol className="list card">
        {groups.map((group) => (
          <li key={group.firstIndex} className="row row-between">
            <div className="grow">
              <p className="list-title">
                {describeAction(group.action)}
                {group.count === 1 ? "" : ` (${group.count} times)`}
              </p>
              <p className="soft small">
                <Moment at={group.at} form="short" />
              </p>
            </div>
            <Tag tone="good">
              {group.count === 1 ? `Entry ${group.lastIndex}` : `Entries ${group.firstIndex}–${group.lastIndex}`}
            </Tag>
          </li>
        ))}
      </ol>
    </Page>
  );
}
