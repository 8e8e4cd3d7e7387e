import { useQuery } from "@tanstack/react-query";
import { Loading } from "../../parts/loading.tsx";
import { Notice } from "../../parts/notice.tsx";
import { Page } from "../../parts/page.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { documentsQuery, vaultQuery } from "../../session/queries.ts";
import { useForgetOutcome } from "../../session/use-sealing.ts";
import { useFolder } from "../../session/use-folder.ts";
import { AddDocuments } from "./add-documents.tsx";
import { DocumentList } from "./document-list.tsx";
import { InterruptedUploads } from "./interrupted-uploads.tsx";
import { UsageLine } from "./usage-line.tsx";

export function DocumentsPage() {
  const documents = useQuery(documentsQuery);
  const damaged = useQuery(vaultQuery).data?.damaged ?? [];
  const [folder, openFolder] = useFolder();
  useForgetOutcome();
  return (
    <Page
      title="Documents"
      lead="Everything here is sealed on this device before it leaves it: contents, names and folders."
    >
      <AddDocuments folder={folder} />
      <InterruptedUploads />
      <section className="card" aria-labelledby="kept">
        <h2 id="kept">In your vault</h2>
        <ProblemNotice error={documents.error} />
        {documents.isPending ? <Loading what="Opening the list" /> : null}
        <Damaged count={damaged.length} />
        {documents.data?.length === 0 && damaged.length === 0 ? (
          <p className="soft">Nothing yet. Begin with one paper that others would need.</p>
        ) : null}
        {documents.data && documents.data.length > 0 ? (
          <DocumentList documents={documents.data} folder={folder} onFolder={openFolder} />
        ) : null}
        <UsageLine />
      </section>
    </Page>
  );
}

function Damaged({ count }: { count: number }) {
  if (count === 0) return null;
  return (
    <Notice kind="attention" title={count === 1 ? "One document is damaged" : `${count} documents are damaged`}>
      <p>
        The server withholds {count === 1 ? "it" : "them"}, or has something else than you signed. Ask whoever runs it.
        Everything below was verified; a bequest with a damaged document cannot be armed.
      </p>
    </Notice>
  );
}
