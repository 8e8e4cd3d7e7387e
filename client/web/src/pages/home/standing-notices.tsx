import { Link } from "@tanstack/react-router";
import { Notice } from "../../parts/notice.tsx";
import { describeStage, describeState, describeWait } from "../../words/state-in-words.ts";
import type { SwitchStatus } from "../../session/shapes.ts";

/** Only what needs the owner now; a quiet home says nothing. */
export function StandingNotices({ switches }: { switches: readonly SwitchStatus[] }) {
  const loud = switches.filter((row) => describeState(row.state).tone === "attention");
  return loud.map((row) => {
    const wait = describeWait(row.waitsFor);
    return (
      <Notice key={row.b} kind="attention" title={row.title}>
        <p>{describeState(row.state).sentence}</p>
        {wait === "" ? null : <p>{wait}</p>}
        {row.state === "releasing" || row.state === "released" ? (
          <ul>
            {row.slots.map((slot) => (
              <li key={slot.r}>
                {slot.name} {describeStage(slot.stage)}.
              </li>
            ))}
          </ul>
        ) : null}
        <p>
          <Link to="/bequests/$b" params={{ b: row.b }}>
            Look at this bequest
          </Link>
        </p>
      </Notice>
    );
  });
}
