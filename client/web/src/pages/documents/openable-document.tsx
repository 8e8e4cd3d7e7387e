import type { DocumentInfo } from "@afterkeep/sdk";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { browserClock } from "../../device/browser-clock.ts";
import { chooseSaveTarget, gatherBlob } from "../../device/save-file.ts";
import { Button } from "../../parts/button.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Moment } from "../../parts/moment.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { ProgressRow } from "../../parts/progress-row.tsx";
import { calmProgress } from "../../words/calm-progress.ts";
import { formatSize } from "../../words/size-in-words.ts";
import { DocumentViewer, viewOf } from "./document-viewer.tsx";

type StreamOptions = { signal: AbortSignal; onProgress: (done: number, total: number) => void };
type Props = {
  document: DocumentInfo;
  /** Yields only verified bytes; an error in it means that the file must not be used. */
  fetchStream: (options: StreamOptions) => Promise<ReadableStream<Uint8Array>>;
};

/** Opening and saving with progress and a way to stop; the same for the owner's own documents and for received ones. */
function useOpening({ document, fetchStream }: Props) {
  const stop = useRef<AbortController | null>(null);
  const [progress, setProgress] = useState({ done: 0, total: 0 });
  const begin = (): Promise<ReadableStream<Uint8Array>> => {
    stop.current = new AbortController();
    setProgress({ done: 0, total: document.size });
    const report = (done: number, total: number): void => setProgress({ done, total });
    return fetchStream({ signal: stop.current.signal, onProgress: calmProgress(report, browserClock.nowMs) });
  };
  const view = useMutation({ mutationFn: async () => gatherBlob(await begin(), document.type) });
  const save = useMutation({
    mutationFn: async () => {
      const target = await chooseSaveTarget(document.name, document.size);
      await target.save(await begin(), document.type);
    },
  });
  return { view, save, progress, cancel: () => stop.current?.abort() };
}

export function OpenableDocument(props: Props) {
  const { document } = props;
  const { view, save, progress, cancel } = useOpening(props);
  const busy = view.isPending || save.isPending;
  return (
    <div className="stack stack-tight">
      <div className="item">
        <Icon name={document.kind === "note" ? "note" : "document"} />
        <div>
          <p className="list-title">{document.name}</p>
          <p className="soft small">
            {document.kind === "note" ? "Note" : formatSize(document.size)} ·{" "}
            <Moment at={document.modified} form="shortDay" />
          </p>
        </div>
        <div className="item-actions row">
          {viewOf(document) === "none" ? null : (
            <Button
              look="quiet"
              busy={view.isPending}
              onClick={() => view.mutate()}
              aria-label={`Open ${document.name}`}
            >
              Open
            </Button>
          )}
          <Button
            look="quiet"
            busy={save.isPending}
            onClick={() => save.mutate()}
            aria-label={`Download ${document.name}`}
          >
            Download
          </Button>
        </div>
      </div>
      {busy && document.size > 2_000_000 ? (
        <div className="row">
          <div className="grow">
            <ProgressRow label="Opening and verifying" done={progress.done} total={progress.total} />
          </div>
          <Button look="quiet" onClick={cancel}>
            Cancel
          </Button>
        </div>
      ) : null}
      <ProblemNotice error={view.error ?? save.error} />
      {view.data ? <DocumentViewer document={document} blob={view.data} onClose={() => view.reset()} /> : null}
    </div>
  );
}
