import { useQuery } from "@tanstack/react-query";
import { Loading } from "../../parts/loading.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { documentsQuery, vaultQuery } from "../../session/queries.ts";
import { AddDocuments } from "./add-documents.tsx";
import { DocumentTree } from "./document-tree.tsx";

export function DocumentsPage() {
  const documents = useQuery(documentsQuery);
  const damaged = useQuery(vaultQuery).data?.damaged ?? [];
  return (
    <Page
      title="Documents"
      lead="Everything here is sealed on this device before it leaves it: contents, names and folders."
    >
      <AddDocuments />
      <section className="card" aria-labelledby="kept">
        <h2 id="kept">In your vault</h2>
        <ProblemNotice error={documents.error} />
        {documents.isPending ? <Loading what="Opening the list" /> : null}
        {damaged.length > 0 ? (
          <Notice
            kind="attention"
            title={damaged.length === 1 ? "One document is damaged" : `${damaged.length} documents are damaged`}
          >
            <p>
              The server withholds {damaged.length === 1 ? "it" : "them"}, or has something else than you signed. Ask
              whoever runs it. Everything below was verified; a bequest with a damaged document cannot be armed.
            </p>
          </Notice>
        ) : null}
        {documents.data?.length === 0 && damaged.length === 0 ? (
          <p className="soft">Nothing yet. Begin with one paper that others would need.</p>
        ) : null}
        {documents.data && documents.data.length > 0 ? <DocumentTree documents={documents.data} /> : null}
      </section>
    </Page>
  );
}
