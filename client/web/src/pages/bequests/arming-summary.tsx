import { type ArmPreview, isKitOfUse } from "@afterkeep/sdk";
import { firstArmingMs } from "@afterkeep/switch";
import { Notice } from "../../parts/notice.tsx";
import { SafetyWords } from "../../parts/safety-words.tsx";
import { Timeline } from "../../parts/timeline.tsx";
import { useProductNow } from "../../session/use-product-now.ts";
import {
  describeDelay,
  describeRequestWait,
  describeSilence,
  silenceUntilRelease,
} from "../../words/times-in-words.ts";
import { notBefore } from "../../words/not-before.ts";
import { describeWays } from "../../words/ways-in-words.ts";

type Props = { preview: ArmPreview; isWithKit: boolean };

/** Its dates are the earliest: where neither its own times nor the recovery kit say otherwise, none is within the week after a first arming. */
export function ArmingSummary({ preview, isWithKit }: Props) {
  const now = useProductNow()();
  const isWeekLonger = isKitOfUse(preview) && !isWithKit;
  const openMs = isWeekLonger ? now + firstArmingMs : 0;
  const releaseMs = Math.max(now + silenceUntilRelease(preview.times), openMs);
  return (
    <>
      <section className="card" aria-labelledby="arm-when">
        <h2 id="arm-when">When</h2>
        <Timeline steps={notBefore(describeSilence(preview.times, now), openMs)} />
        {isWeekLonger ? <p>You arm it for the first time, so nothing of it opens in the first seven days.</p> : null}
        <p>
          Reminders and the last call go to you at <strong>{preview.email}</strong>.
        </p>
        <p>{describeWays(preview.weak, preview.weakMax)}</p>
      </section>
      <section className="card" aria-labelledby="arm-who">
        <h2 id="arm-who">Who</h2>
        <p className="soft">
          These words are worked out afresh from the keys you pinned. They must still be the ones you compared.
        </p>
        {preview.recipients.map((person) => (
          <div key={person.r} className="stack stack-tight">
            <h3>
              {person.name} <span className="soft small">{person.email}</span>
            </h3>
            <p className="soft">{describeDelay(person.delay, releaseMs)}</p>
            {person.requestWait > 0 ? <p>{describeRequestWait(person.name, person.requestWait)}</p> : null}
            {person.words.length > 0 ? <SafetyWords words={person.words} /> : null}
          </div>
        ))}
      </section>
      <section className="card" aria-labelledby="arm-what">
        <h2 id="arm-what">What</h2>
        {preview.message === "" ? null : <div className="letter">{preview.message}</div>}
        <p>{preview.documents.length === 1 ? "One document:" : `${preview.documents.length} documents:`}</p>
        <ul className="list choices">
          {preview.documents.map((document) => (
            <li key={document.doc}>
              {document.name} <span className="soft small">{document.folder}</span>
            </li>
          ))}
        </ul>
      </section>
      {preview.warnings.map((warning) => (
        <Notice key={warning} kind="attention">
          <p>{warning}</p>
        </Notice>
      ))}
    </>
  );
}
