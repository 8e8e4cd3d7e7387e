import { type WeakClass, weakClasses } from "@afterkeep/sdk";
import { describeWays, wayHints, wayNames } from "../../words/ways-in-words.ts";

type Props = { weak: readonly WeakClass[]; weakMaxMs: number; onChange: (weak: readonly WeakClass[]) => void };

/** What counts as a check-in although the owner need not be there. Each is off unless it is wanted, but for the mails' button. */
export function WaysChoice({ weak, weakMaxMs, onChange }: Props) {
  return (
    <fieldset className="card">
      <legend className="unseen">Ways to check in</legend>
      <h2>Ways to check in</h2>
      <p className="soft">Your own check-in on a device of yours always counts.</p>
      {weakClasses.map((one) => (
        <label key={one} className="choice">
          <input
            type="checkbox"
            checked={weak.includes(one)}
            onChange={(event) =>
              onChange(weakClasses.filter((other) => (other === one ? event.target.checked : weak.includes(other))))
            }
          />
          <span className="grow">
            {wayNames[one]} <span className="soft small">{wayHints[one]}</span>
          </span>
        </label>
      ))}
      <p className="soft small">{describeWays(weak, weakMaxMs)}</p>
    </fieldset>
  );
}
