import { readAll, type DocumentInfo, type OpenedRelease } from "@afterkeep/sdk";
import { useMemo } from "react";
import { Moment } from "../../parts/moment.tsx";
import { Notice } from "../../parts/notice.tsx";
import { SaveRelease } from "./save-release.tsx";
import { UnsureNotice } from "./unsure-notice.tsx";
import { OpenableDocument } from "../documents/openable-document.tsx";
import type { DocumentReader } from "../documents/document-reader.ts";

function byFolder(documents: readonly DocumentInfo[]): [string, DocumentInfo[]][] {
  const folders = new Map<string, DocumentInfo[]>();
  for (const document of documents) folders.set(document.folder, [...(folders.get(document.folder) ?? []), document]);
  return [...folders].sort(([a], [b]) => a.localeCompare(b));
}

function releaseReader(opened: OpenedRelease, { doc }: DocumentInfo): DocumentReader {
  return {
    stream: async (options) => (await opened.download(doc, options)).stream,
    beginning: async (bytes, signal) => readAll((await opened.openRange(doc, { from: 0, to: bytes, signal })).stream),
    ranges: async () => (await opened.openRanges(doc)).read,
    thumbnail: () => opened.readThumbnail(doc),
  };
}

export function ReleasedContents({ opened, ownerName }: { opened: OpenedRelease; ownerName: string }) {
  const folders = useMemo(() => byFolder(opened.documents), [opened.documents]);
  // Why kept: a player ends when it gets another reader.
  const readerOf = useMemo(() => {
    const readers = new Map(opened.documents.map((document) => [document, releaseReader(opened, document)]));
    return (document: DocumentInfo) => readers.get(document) ?? releaseReader(opened, document);
  }, [opened]);
  return (
    <article className="stack stack-wide" aria-label="Left for you">
      {opened.message === "" ? null : <div className="letter">{opened.message}</div>}
      <UnsureNotice opened={opened} ownerName={ownerName} />
      {opened.older ? (
        <Notice kind="attention" title="There may be a newer version">
          <p>What you see is genuine, but its owner signed a newer list of what is left to you.</p>
        </Notice>
      ) : null}
      {opened.missing.length > 0 ? (
        <Notice
          kind="attention"
          title={opened.missing.length === 1 ? "One document is missing" : "Some documents are missing"}
        >
          <p>
            {opened.missing.length === 1 ? "One more was" : `${opened.missing.length} more were`} left to you, and the
            server does not have {opened.missing.length === 1 ? "it" : "them"} whole. What is here was verified. Ask
            whoever runs the server, and give them this:
          </p>
          <ul className="list small">
            {opened.missing.map(({ doc }) => (
              <li key={doc} className="mono">
                {doc}
              </li>
            ))}
          </ul>
        </Notice>
      ) : null}
      <section className="card" aria-label="Documents">
        <h3>{opened.documents.length === 1 ? "One document" : `${opened.documents.length} documents`}</h3>
        {folders.map(([folder, documents]) => (
          <div key={folder} className="stack stack-tight">
            {folder === "" ? null : <h4 className="soft small">{folder}</h4>}
            <ul className="list">
              {documents.map((document) => (
                <li key={document.doc}>
                  <OpenableDocument document={document} reader={readerOf(document)} />
                </li>
              ))}
            </ul>
          </div>
        ))}
      </section>
      <SaveRelease opened={opened} ownerName={ownerName} />
      <p className="soft small">
        Decided by the keyholder on <Moment at={opened.decidedAt} form="short" />. Signature, version and every byte
        were verified on this device.
      </p>
    </article>
  );
}
