import type { DocumentInfo } from "@afterkeep/sdk";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Notice } from "../../parts/notice.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { Tag } from "../../parts/tag.tsx";
import { afterkeep } from "../../session/afterkeep.ts";
import { vaultQuery, versionsQuery } from "../../session/queries.ts";
import { formatSize } from "../../words/size-in-words.ts";
import { DownloadProgress } from "./download-progress.tsx";
import { Preview } from "./preview.tsx";
import { useDownload } from "./use-download.ts";
import { vaultReader } from "./vault-reader.ts";

/** What the document was before, to be looked at, saved, or made the current one again. */
export function VersionsCard({ document }: { document: DocumentInfo }) {
  const versions = useQuery({ ...versionsQuery(document.doc), enabled: document.versions > 1 });
  const client = useQueryClient();
  const restore = useMutation({
    mutationFn: (ver: string) => afterkeep.restoreVersion(document.doc, ver),
    onSuccess: () => client.invalidateQueries({ queryKey: vaultQuery.queryKey }),
  });
  if (document.versions < 2) return null;
  return (
    <section className="card" aria-labelledby="versions">
      <h2 id="versions">Versions</h2>
      <ProblemNotice error={versions.error ?? restore.error} />
      {versions.isPending ? <Loading /> : null}
      {restore.isSuccess ? (
        <Notice kind="good" announce>
          <p>It is the current version again. Bequests that leave this document leave this version now.</p>
        </Notice>
      ) : null}
      <ol className="list" aria-label="Versions, the current one first">
        {(versions.data ?? []).map((version) => (
          <li key={version.ver}>
            <Version
              version={version}
              isCurrent={version.isCurrent}
              restoring={restore.isPending && restore.variables === version.ver}
              onRestore={() => restore.mutate(version.ver)}
            />
          </li>
        ))}
      </ol>
    </section>
  );
}

type Props = { version: DocumentInfo; isCurrent: boolean; restoring: boolean; onRestore: () => void };

function Version({ version, isCurrent, restoring, onRestore }: Props) {
  const [shown, setShown] = useState(false);
  const reader = useMemo(() => vaultReader(version.doc, version.ver), [version.doc, version.ver]);
  const download = useDownload(version, reader);
  return (
    <div className="stack stack-tight">
      <div className="row row-between">
        <div>
          <p className="list-title">
            <Moment at={version.createdAt} form="short" />
          </p>
          <p className="soft small">{formatSize(version.size)}</p>
        </div>
        {isCurrent ? <Tag tone="good">Current</Tag> : null}
      </div>
      {isCurrent ? null : (
        <div className="row row-tight">
          <Button look="quiet" onClick={() => setShown(true)}>
            Look at it
          </Button>
          <Button look="quiet" busy={restoring} busyLabel="Signing the change…" onClick={onRestore}>
            Make it current again
          </Button>
        </div>
      )}
      <Dialog title={version.name} open={shown} onClose={() => setShown(false)}>
        <Preview document={version} reader={reader} />
        <DownloadProgress document={version} download={download} />
        <div className="row row-end row-actions">
          <Button look="second" busy={download.save.isPending} onClick={() => download.save.mutate()}>
            Download this version
          </Button>
          <Button onClick={() => setShown(false)}>Close</Button>
        </div>
      </Dialog>
    </div>
  );
}
