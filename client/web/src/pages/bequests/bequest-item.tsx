import type { BequestInfo } from "@afterkeep/sdk";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Tag } from "../../parts/tag.tsx";
import { recipientsQuery } from "../../session/queries.ts";
import { describeState } from "../../words/state-in-words.ts";
import { EarliestLine } from "./earliest-line.tsx";

function listNames(names: readonly string[]): string {
  return new Intl.ListFormat(undefined, { type: "conjunction" }).format(names);
}

export function BequestItem({ bequest }: { bequest: BequestInfo }) {
  const recipients = useQuery(recipientsQuery);
  const state = describeState(bequest);
  const names = bequest.draft.recipients.map(
    ({ r }) => recipients.data?.find((person) => person.r === r)?.name ?? "somebody",
  );
  const count = bequest.draft.documents.length;
  return (
    <section className="card" aria-label={bequest.draft.title}>
      <div className="row row-between">
        <h2 className="grow">
          <Link to="/bequests/$b" params={{ b: bequest.b }}>
            {bequest.draft.title}
          </Link>
        </h2>
        <Tag tone={state.tone}>{state.tag}</Tag>
      </div>
      <EarliestLine bequest={bequest} />
      <p className="soft">
        {names.length === 0 ? "For nobody yet" : `For ${listNames(names)}`}, with a message and{" "}
        {count === 1 ? "one document" : `${count} documents`}.
      </p>
    </section>
  );
}
