import { searchDocuments, type DocumentInfo } from "@afterkeep/sdk";
import { useMemo, useState } from "react";
import { Button } from "../../parts/button.tsx";
import { Icon } from "../../parts/icon.tsx";
import { buildFolderTree, findFolder, itemsBelow, listFolders, type FolderNode } from "../../words/folder-tree.ts";
import { DocumentRow } from "./document-row.tsx";
import { FolderBar } from "./folder-bar.tsx";
import { SelectionBar } from "./selection-bar.tsx";

type Props = { documents: readonly DocumentInfo[]; folder: string; onFolder: (folder: string) => void };
/** Fewer are found by looking. */
const searchableFrom = 6;
/** Of a long list this much is drawn at first. */
const shownAtOnce = 200;

/** The vault as folders, searched in this page: names and folders exist only in sealed metadata, the server knows nothing of them. */
export function DocumentList({ documents, folder, onFolder }: Props) {
  const [query, setQuery] = useState("");
  const [selected, setSelected] = useState<ReadonlySet<string> | null>(null);
  const root = useMemo(() => buildFolderTree(documents), [documents]);
  const folders = useMemo(() => listFolders(root), [root]);
  const node = findFolder(root, folder) ?? root;
  const searching = query.trim() !== "";
  const shown = useMemo(
    () => (searching ? searchDocuments(documents, query) : node.items),
    [documents, query, searching, node],
  );
  const toggle = (docs: readonly string[], on: boolean): void => {
    const next = new Set(selected);
    for (const doc of docs)
      if (on) next.add(doc);
      else next.delete(doc);
    setSelected(next);
  };
  return (
    <div className="stack">
      <div className="row row-end">
        {documents.length < searchableFrom ? null : (
          <input
            className="input grow"
            type="search"
            aria-label="Search your documents"
            placeholder="Search names and folders"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
          />
        )}
        <Button look="quiet" aria-pressed={selected !== null} onClick={() => setSelected(selected ? null : new Set())}>
          {selected === null ? "Select" : "Done"}
        </Button>
      </div>
      {selected === null ? null : (
        <SelectionBar
          chosen={documents.filter(({ doc }) => selected.has(doc))}
          shown={shown.map(({ doc }) => doc)}
          folders={folders}
          onToggle={toggle}
          onDone={() => setSelected(null)}
        />
      )}
      {searching ? (
        <p className="soft small" role="status">
          {shown.length === 0
            ? `Nothing is called “${query.trim()}”. Search looks at names and folders, not inside documents.`
            : `${shown.length} found`}
        </p>
      ) : (
        <FolderBar node={node} folders={folders} onFolder={onFolder} />
      )}
      <ul className="list documents" aria-label={searching ? "Found" : "Documents"}>
        {searching ? null : node.folders.map((one) => <FolderRow key={one.path} node={one} onFolder={onFolder} />)}
        <Rows documents={shown} mixed={searching} selected={selected} onToggle={toggle} />
      </ul>
    </div>
  );
}

function FolderRow({ node, onFolder }: { node: FolderNode<DocumentInfo>; onFolder: (folder: string) => void }) {
  const count = itemsBelow(node).length;
  return (
    <li>
      <button type="button" className="item folder-row" onClick={() => onFolder(node.path)}>
        <span className="thumbnail">
          <Icon name="folder" />
        </span>
        <span className="list-title">{node.name}</span>
        <span className="soft small">{count === 1 ? "1 document" : `${count} documents`}</span>
      </button>
    </li>
  );
}

type RowsProps = {
  documents: readonly DocumentInfo[];
  mixed: boolean;
  selected: ReadonlySet<string> | null;
  onToggle: (docs: readonly string[], on: boolean) => void;
};

function Rows({ documents, mixed, selected, onToggle }: RowsProps) {
  const [limit, setLimit] = useState(shownAtOnce);
  return (
    <>
      {documents.slice(0, limit).map((document) => (
        <DocumentRow
          key={document.doc}
          document={document}
          place={mixed ? document.folder : ""}
          selected={selected === null ? null : selected.has(document.doc)}
          onSelect={(on) => onToggle([document.doc], on)}
        />
      ))}
      {documents.length > limit ? (
        <li>
          <Button look="second" wide onClick={() => setLimit(limit * 4)}>
            Show more ({documents.length - limit})
          </Button>
        </li>
      ) : null}
    </>
  );
}
