import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Notice } from "../../parts/notice.tsx";
import { recipientsQuery } from "../../session/queries.ts";
import { describeStage, describeState, describeWait } from "../../words/state-in-words.ts";
import type { SwitchInfo } from "@afterkeep/sdk";

/** Only what needs the owner now; a quiet home says nothing. */
export function StandingNotices({ switches }: { switches: readonly SwitchInfo[] }) {
  const recipients = useQuery(recipientsQuery);
  const names = new Map(recipients.data?.map((person) => [person.r, person.name]));
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
                {names.get(slot.r) ?? "Somebody"} {describeStage(slot.stage)}.
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
