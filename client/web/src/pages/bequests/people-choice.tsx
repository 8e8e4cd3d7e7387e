import { type BequestDraft, dayMs } from "@afterkeep/sdk";
import { requestFloorMs } from "@afterkeep/switch";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Loading } from "../../parts/loading.tsx";
import { NumberField } from "../../parts/number-field.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { Tag } from "../../parts/tag.tsx";
import { recipientsQuery } from "../../session/queries.ts";
import { useProductNow } from "../../session/use-product-now.ts";
import { standingOf, standings } from "../../words/person-in-words.ts";
import {
  defaultRequestWaitMs,
  describeDelay,
  describeRequestWait,
  silenceUntilRelease,
} from "../../words/times-in-words.ts";

type Chosen = BequestDraft["recipients"];
type Props = { chosen: Chosen; times: BequestDraft["times"]; onChange: (recipients: Chosen) => void };

const longestWaitDays = 366;
const shortestWaitDays = requestFloorMs / dayMs;

type MayAskProps = { name: string; waitMs: number; onChange: (waitMs: number) => void };

/** Off unless it is wanted: everybody who may ask is one more way to an early release. */
function MayAsk({ name, waitMs, onChange }: MayAskProps) {
  return (
    <div className="indent stack stack-tight">
      <label className="choice">
        <input
          type="checkbox"
          checked={waitMs > 0}
          onChange={(event) => onChange(event.target.checked ? defaultRequestWaitMs : 0)}
        />
        <span className="grow">
          {name} may ask for it sooner{" "}
          <span className="soft small">for when you are ill, or nobody can reach you; you are asked first</span>
        </span>
      </label>
      {waitMs > 0 ? (
        <NumberField
          label={`Days you have to say no when ${name} asks`}
          hint={describeRequestWait(name, waitMs)}
          min={shortestWaitDays}
          max={longestWaitDays}
          value={waitMs / dayMs}
          onChange={(days) => onChange(days * dayMs)}
        />
      ) : null}
    </div>
  );
}

type DelayProps = { name: string; delay: number; releaseMs: number; onChange: (delay: number) => void };

function Delay({ name, delay, releaseMs, onChange }: DelayProps) {
  return (
    <div className="indent">
      <NumberField
        label={`Days that ${name} waits after the release`}
        hint={describeDelay(delay, releaseMs)}
        min={0}
        max={366}
        value={delay / dayMs}
        onChange={(days) => onChange(days * dayMs)}
      />
    </div>
  );
}

export function PeopleChoice({ chosen, times, onChange }: Props) {
  const recipients = useQuery(recipientsQuery);
  const now = useProductNow();
  const releaseMs = now() + silenceUntilRelease(times);
  const change = (changed: Chosen[number]) => onChange(chosen.map((one) => (one.r === changed.r ? changed : one)));
  return (
    <fieldset className="card">
      <legend className="unseen">People</legend>
      <h2>People</h2>
      <ProblemNotice error={recipients.error} />
      {recipients.isPending ? <Loading /> : null}
      {recipients.data?.length === 0 ? (
        <p className="soft">
          Nobody is invited yet. <Link to="/people">Invite somebody</Link>, then come back to this draft.
        </p>
      ) : null}
      {recipients.data?.map((person) => {
        const own = chosen.find(({ r }) => r === person.r);
        const words = standings[standingOf(person)];
        return (
          <div key={person.r}>
            <label className="choice">
              <input
                type="checkbox"
                checked={own !== undefined}
                onChange={(event) =>
                  onChange(
                    event.target.checked
                      ? [...chosen, { r: person.r, delay: 0 }]
                      : chosen.filter(({ r }) => r !== person.r),
                  )
                }
              />
              <span className="grow">
                {person.name} <span className="soft small">{person.email}</span>
              </span>
              <Tag tone={words.tone}>{words.tag}</Tag>
            </label>
            {own ? (
              <>
                <Delay
                  name={person.name}
                  delay={own.delay}
                  releaseMs={releaseMs}
                  onChange={(delay) => change({ ...own, delay })}
                />
                <MayAsk
                  name={person.name}
                  waitMs={own.requestWait ?? 0}
                  onChange={(requestWait) => change({ ...own, requestWait })}
                />
              </>
            ) : null}
          </div>
        );
      })}
    </fieldset>
  );
}
