import type { DocumentInfo } from "@afterkeep/sdk";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { DocumentLine } from "./document-line.tsx";
import { Thumbnail } from "./thumbnail.tsx";
import { vaultReader } from "./vault-reader.ts";

type Props = {
  document: DocumentInfo;
  place: string;
  /** Null: not selecting. */
  selected: boolean | null;
  onSelect: (on: boolean) => void;
};

/** One document of the vault in a list: it leads to the document's own page, or is chosen by its box. */
export function DocumentRow({ document, place, selected, onSelect }: Props) {
  const reader = useMemo(() => vaultReader(document.doc, document.ver), [document.doc, document.ver]);
  if (selected !== null) {
    return (
      <li>
        <label className="item document-row">
          <input type="checkbox" checked={selected} onChange={(event) => onSelect(event.target.checked)} />
          <DocumentLine document={document} title={document.name} place={place} />
          <Thumbnail document={document} reader={reader} />
        </label>
      </li>
    );
  }
  return (
    <li>
      <div className="item document-row">
        <Thumbnail document={document} reader={reader} />
        <DocumentLine
          document={document}
          place={place}
          title={
            <Link to="/documents/$doc" params={{ doc: document.doc }} className="row-link">
              {document.name}
            </Link>
          }
        />
      </div>
    </li>
  );
}
