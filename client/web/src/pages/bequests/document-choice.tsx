import { searchDocuments, type BequestDraft, type DocumentInfo } from "@afterkeep/sdk";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Loading } from "../../parts/loading.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { documentsQuery } from "../../session/queries.ts";
import { describeKind } from "../../words/kind-in-words.ts";

type Documents = BequestDraft["documents"];
type Props = { chosen: Documents; onChange: (documents: Documents) => void };

export function DocumentChoice({ chosen, onChange }: Props) {
  const documents = useQuery(documentsQuery);
  const [search, setSearch] = useState("");
  const set = new Set(chosen);
  const toggle = (doc: DocumentInfo["doc"], on: boolean): void =>
    onChange(on ? [...chosen, doc] : chosen.filter((other) => other !== doc));
  const all = documents.data ?? [];
  const shown = searchDocuments(all, search);
  return (
    <fieldset className="card">
      <legend className="unseen">Documents</legend>
      <div className="row row-between">
        <h2>Documents</h2>
        <span className="soft">{set.size === 0 ? "None chosen" : `${set.size} chosen`}</span>
      </div>
      <ProblemNotice error={documents.error} />
      {documents.isPending ? <Loading /> : null}
      {documents.data?.length === 0 ? (
        <p className="soft">
          Your vault is empty. <Link to="/documents">Put something in first</Link>; one document is needed to arm a
          bequest.
        </p>
      ) : null}
      {all.length > 8 ? (
        <div className="row">
          <input
            className="input grow"
            type="search"
            aria-label="Find among your documents"
            placeholder="Find"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
          <label className="choice">
            <input
              type="checkbox"
              checked={shown.length > 0 && shown.every((info) => set.has(info.doc))}
              onChange={(event) => {
                const hit = new Set(shown.map((info) => info.doc));
                const rest = chosen.filter((doc) => !hit.has(doc));
                onChange(event.target.checked ? [...rest, ...hit] : rest);
              }}
            />
            All shown
          </label>
        </div>
      ) : null}
      <div className="choices">
        {shown.map((info) => (
          <label key={info.doc} className="choice">
            <input
              type="checkbox"
              checked={set.has(info.doc)}
              onChange={(event) => toggle(info.doc, event.target.checked)}
            />
            <span>
              {info.name}
              <span className="soft small">
                {" "}
                {info.folder === "" ? "" : `${info.folder} · `}
                {describeKind(info)}
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
