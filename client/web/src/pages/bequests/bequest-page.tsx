import { weakMaxOf, weakOf } from "@afterkeep/sdk";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Loading } from "../../parts/loading.tsx";
import { Page } from "../../parts/page.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { Tag } from "../../parts/tag.tsx";
import { Timeline } from "../../parts/timeline.tsx";
import { bequestsQuery, documentsQuery, recipientsQuery, statusQuery } from "../../session/queries.ts";
import { useProductNow } from "../../session/use-product-now.ts";
import { formatSpan } from "../../words/dates.ts";
import { describeState } from "../../words/state-in-words.ts";
import { describeSilence } from "../../words/times-in-words.ts";
import { describeWays } from "../../words/ways-in-words.ts";
import { LooseningNotices } from "../home/loosening-notices.tsx";
import { DisarmButton } from "./disarm-button.tsx";
import { PauseButton } from "./pause-button.tsx";
import { EarliestLine } from "./earliest-line.tsx";
import { StoppedLine } from "./stopped-line.tsx";
import { UncountedTime } from "./uncounted-time.tsx";

function delayWords(delay: number): string {
  return delay === 0 ? "at the release" : `${formatSpan(delay)} after the release`;
}

export function BequestPage({ b }: { b: string }) {
  const bequests = useQuery(bequestsQuery);
  const recipients = useQuery(recipientsQuery);
  const documents = useQuery(documentsQuery);
  const status = useQuery(statusQuery);
  const now = useProductNow();
  const bequest = bequests.data?.find((candidate) => candidate.b === b);
  if (bequests.isPending) return <Loading />;
  if (!bequest) {
    return (
      <Page title="This bequest is not here">
        <ProblemNotice error={bequests.error} />
        <Link to="/bequests">All bequests</Link>
      </Page>
    );
  }
  const { draft } = bequest;
  const state = describeState(bequest);
  const isArmed = bequest.state !== "draft" && bequest.state !== "disarmed";
  const isOver = bequest.state === "released" || bequest.state === "closed";
  return (
    <Page
      title={draft.title}
      lead={<EarliestLine bequest={bequest} />}
      action={<Tag tone={state.tone}>{state.tag}</Tag>}
    >
      <p>{state.sentence}</p>
      <StoppedLine bequest={bequest} />
      {/* Why all: whoever pauses or disarms one here reads its receipt nowhere else. */}
      <LooseningNotices loosenings={status.data?.loosenings ?? []} nowMs={now()} />
      {bequest.state === "requested" ? (
        <Link to="/home" className="button">
          See who asks, and answer
        </Link>
      ) : null}
      {isOver ? null : (
        <div className="row">
          <Link to="/bequests/$b/arm" params={{ b }} className={isArmed ? "button button-second" : "button"}>
            {isArmed ? "Arm it again with its changes" : "Arm it"}
          </Link>
          <Link to="/bequests/$b/edit" params={{ b }} className="button button-second">
            Change it
          </Link>
          {isArmed ? <PauseButton bequest={bequest} /> : null}
          {isArmed ? <DisarmButton bequest={bequest} /> : null}
        </div>
      )}
      <section className="card" aria-labelledby="who">
        <h2 id="who">For</h2>
        {draft.recipients.length === 0 ? <p className="soft">Nobody yet.</p> : null}
        <ul className="list">
          {draft.recipients.map(({ r, delay }) => (
            <li key={r} className="row row-between">
              <span className="list-title">
                {recipients.data?.find((person) => person.r === r)?.name ?? "Somebody"}
              </span>
              <span className="soft">{delayWords(delay)}</span>
            </li>
          ))}
        </ul>
      </section>
      <section className="stack" aria-labelledby="message">
        <h2 id="message">Your message</h2>
        {draft.message === "" ? <p className="soft">None.</p> : <div className="letter">{draft.message}</div>}
      </section>
      <section className="card" aria-labelledby="what">
        <h2 id="what">Documents</h2>
        {draft.documents.length === 0 ? <p className="soft">None.</p> : null}
        <ul className="list">
          {draft.documents.map((doc) => {
            const info = documents.data?.find((candidate) => candidate.doc === doc);
            return (
              <li key={doc}>
                <span className="list-title">{info?.name ?? "A document"}</span>{" "}
                <span className="soft small">{info?.folder ?? ""}</span>
              </li>
            );
          })}
        </ul>
      </section>
      {/* Why not: a check-in does not end a pause, so these dates would be wrong. */}
      {bequest.state === "paused" ? null : (
        <section className="card" aria-labelledby="times">
          <h2 id="times">
            {isArmed ? "If you check in now and then never again" : "If you armed it now and then never checked in"}
          </h2>
          <Timeline steps={describeSilence(draft.times, now())} />
          <p className="soft">{describeWays(weakOf(draft), weakMaxOf(draft.times))}</p>
        </section>
      )}
      {isArmed ? <UncountedTime /> : null}
    </Page>
  );
}
