import type { DocumentInfo } from "@afterkeep/sdk";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { Icon } from "../../parts/icon.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Page } from "../../parts/page.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { documentsQuery } from "../../session/queries.ts";
import { useForgetOutcome } from "../../session/use-sealing.ts";
import { formatSize } from "../../words/size-in-words.ts";
import { DocumentActions } from "./document-actions.tsx";
import { Preview } from "./preview.tsx";
import { vaultReader } from "./vault-reader.ts";
import { VersionsCard } from "./versions-card.tsx";

/** One document of the vault: what it is, what can be done with it, and what it was before. */
export function DocumentPage({ doc }: { doc: string }) {
  useForgetOutcome();
  const documents = useQuery(documentsQuery);
  const document = documents.data?.find((one) => one.doc === doc);
  if (document !== undefined) return <Opened document={document} all={documents.data ?? []} />;
  return (
    <Page title="Document" lead={<BackLink folder="" />}>
      <ProblemNotice error={documents.error} />
      {documents.isPending ? (
        <Loading what="Opening the list" />
      ) : (
        <p>There is no such document in your vault. It may have been removed.</p>
      )}
    </Page>
  );
}

function BackLink({ folder }: { folder: string }) {
  return (
    <Link to="/documents" state={{ folder }}>
      ‹ {folder === "" ? "Documents" : folder.replaceAll("/", " / ")}
    </Link>
  );
}

function Opened({ document, all }: { document: DocumentInfo; all: readonly DocumentInfo[] }) {
  const reader = useMemo(() => vaultReader(document.doc, document.ver), [document.doc, document.ver]);
  return (
    <Page title={document.name} lead={<BackLink folder={document.folder} />}>
      <Preview key={document.ver} document={document} reader={reader} />
      <DocumentActions document={document} reader={reader} all={all} />
      <Facts document={document} />
      <VersionsCard document={document} />
    </Page>
  );
}

function Facts({ document }: { document: DocumentInfo }) {
  return (
    <section className="card" aria-labelledby="facts">
      <h2 id="facts">What it is</h2>
      <dl className="facts">
        <dt>Size</dt>
        <dd>{formatSize(document.size)}</dd>
        <dt>Last changed</dt>
        <dd>
          <Moment at={document.modified} form="short" />
        </dd>
        <dt>Sealed</dt>
        <dd>
          <Moment at={document.createdAt} form="short" />
        </dd>
        <dt>Takes on the server</dt>
        <dd>
          {formatSize(document.sealedBytes)}{" "}
          <span className="soft small">(padded, so that nobody there can tell its size)</span>
        </dd>
      </dl>
      <p className="soft small row">
        <Icon name="check" size={18} /> <span className="grow">Its place in your signed list was verified.</span>
      </p>
    </section>
  );
}
