import { dayMs, defaultTimes, hourMs, type SwitchTimes } from "@afterkeep/sdk";
import { Notice } from "../../parts/notice.tsx";
import { NumberField } from "../../parts/number-field.tsx";
import { Timeline } from "../../parts/timeline.tsx";
import { useProductNow } from "../../session/use-product-now.ts";
import { describeGrace, describeInterval, describeLastCall, describeSilence } from "../../words/times-in-words.ts";

type Props = { times: SwitchTimes; onChange: (times: SwitchTimes) => void; problems: readonly string[] };

/** Each choice says what it means, and all of them together are shown as dates. Reminders follow the interval. */
export function TimesEditor({ times, onChange, problems }: Props) {
  const now = useProductNow();
  return (
    <fieldset className="card">
      <legend className="unseen">Times</legend>
      <h2>Times</h2>
      <NumberField
        label="Check in at least every … days"
        hint={describeInterval(times.interval)}
        min={1}
        max={366}
        value={times.interval / dayMs}
        onChange={(days) => {
          const interval = days * dayMs;
          onChange({ ...times, interval, reminders: defaultTimes(interval).times.reminders });
        }}
      />
      <NumberField
        label="Days of grace after a missed check-in"
        hint={describeGrace(times.grace)}
        min={1}
        max={180}
        value={times.grace / dayMs}
        onChange={(days) => onChange({ ...times, grace: days * dayMs })}
      />
      <NumberField
        label="Hours to answer the last call"
        hint={describeLastCall(times.lastCall)}
        min={12}
        max={720}
        value={times.lastCall / hourMs}
        onChange={(hours) => onChange({ ...times, lastCall: hours * hourMs })}
      />
      {problems.length > 0 ? (
        <Notice kind="problem" title="These times do not work together">
          <ul>
            {problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </Notice>
      ) : (
        <div className="stack">
          <h3>If you check in today and then never again</h3>
          <Timeline steps={describeSilence(times, now())} />
          <p className="soft small">
            Time counts only while this service runs and you could have reached it, so each date can be later, never
            earlier. In the first seven days after you arm it nothing opens, unless you type the words of your recovery
            kit when you arm it.
          </p>
        </div>
      )}
    </fieldset>
  );
}
