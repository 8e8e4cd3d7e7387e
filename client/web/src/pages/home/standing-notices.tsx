import type { CheckInResult, SwitchInfo } from "@afterkeep/sdk";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Notice } from "../../parts/notice.tsx";
import { pendingRequestsQuery, recipientsQuery } from "../../session/queries.ts";
import { AskedNotice, leaveAtMost } from "./asked-notice.tsx";
import { describeStage, describeState, describeWait } from "../../words/state-in-words.ts";
import { CheckInOutcome } from "./check-in-outcome.tsx";

type Refused = { readonly title: string; readonly name: string; readonly result: CheckInResult };

/** Stays when what was asked is gone: who said no must see that it counted. */
function RefusedNotice({ title, name, result }: Refused) {
  return (
    <>
      <CheckInOutcome result={result} error={null} />
      <Notice kind="good" title={`“${title}” stays closed`}>
        <p>You said no. {name} sees that, and can ask again a day later.</p>
      </Notice>
    </>
  );
}

/** Only what needs the owner now; a quiet home says nothing. */
export function StandingNotices({ switches }: { switches: readonly SwitchInfo[] }) {
  const recipients = useQuery(recipientsQuery);
  const names = new Map<string, string>(recipients.data?.map((person) => [person.r, person.name]));
  const loud = switches.filter((row) => row.state !== "requested" && describeState(row).tone === "attention");
  const isAsked = switches.some((row) => row.requests.some(({ isOpen }) => isOpen));
  // Why the keyholder's signed words, and not the status: a server that shows one person's request as another's would have it let go on.
  const pending = useQuery({ ...pendingRequestsQuery, enabled: isAsked });
  const open = isAsked ? (pending.data ?? []) : [];
  const [refused, setRefused] = useState<Refused | null>(null);
  const asking = open.map((asked) => {
    const title = switches.find(({ b }) => b === asked.b)?.title ?? "a bequest";
    const name = names.get(asked.r) ?? "Somebody";
    return (
      <AskedNotice
        key={asked.request}
        {...{ asked, title, name }}
        others={open.filter((other) => other !== asked)}
        onRefused={(result) => setRefused({ title, name, result })}
      />
    );
  });
  const answered = refused === null ? null : <RefusedNotice key="refused" {...refused} />;
  const standing = loud.map((row) => {
    const wait = describeWait(row.waitsFor);
    return (
      <Notice key={row.b} kind="attention" title={row.title}>
        <p>{describeState(row).sentence}</p>
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
  const many =
    open.length > leaveAtMost ? (
      <Notice key="many" kind="attention" title={`${open.length} people ask at once`}>
        <p>
          “I’m here” says no to all of them. One answer can let {leaveAtMost} of them go on at most; the others then
          hear no, and can ask again a day later.
        </p>
      </Notice>
    ) : null;
  return [answered, many, ...asking, ...standing];
}
