import { useQuery } from "@tanstack/react-query";
import { statusQuery } from "../../session/queries.ts";
import { describeOutage } from "../../words/outage-in-words.ts";

/** What was not counted and why: a person who was told a date, and sees a later one, must not have to guess. */
export function UncountedTime() {
  const status = useQuery(statusQuery);
  if (status.data === undefined || status.data.outages.length === 0) return null;
  const { now, outages } = status.data;
  return (
    <section className="card" aria-labelledby="uncounted">
      <div className="stack stack-tight">
        <h2 id="uncounted">Time that did not count</h2>
        <p className="soft">
          Only time in which we were there for you counts. The days below are no silence of yours, and moved later every
          date that stood then.
        </p>
      </div>
      <ul className="list">
        {outages.map((outage) => (
          <li key={outage.untilMs}>{describeOutage(outage, now)}</li>
        ))}
      </ul>
    </section>
  );
}
