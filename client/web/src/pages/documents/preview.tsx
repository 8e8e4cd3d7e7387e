import { readRecord, type DocumentInfo } from "@afterkeep/sdk";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { gatherBlob } from "../../device/save-file.ts";
import { Button } from "../../parts/button.tsx";
import { Loading } from "../../parts/loading.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { useBlobUrl } from "../../parts/use-blob-url.ts";
import { formatSize } from "../../words/size-in-words.ts";
import { plainType, shownTextBytes, viewOf } from "../../words/view-of.ts";
import { RecordView } from "./record-view.tsx";

export type StreamOptions = {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
};
/** How a document is read. All of them give only verified bytes; an error in the stream means that nothing of it may be used. */
export type DocumentReader = {
  stream(options: StreamOptions): Promise<ReadableStream<Uint8Array>>;
  /** The first bytes of it, fetched without the rest. */
  beginning(bytes: number, signal?: AbortSignal): Promise<Uint8Array>;
  /** The small picture sealed beside it, or null. */
  thumbnail(): Promise<Uint8Array | null>;
};

type Props = { document: DocumentInfo; reader: DocumentReader };
/** Larger ones are shown when asked for: a page opened on the way must not eat up somebody's data plan. */
const shownUnaskedBytes = 5_000_000;

/** Shows what can be shown without running anything of it. Renders nothing for types that can only be downloaded. */
export function Preview({ document, reader }: Props) {
  const view = viewOf(document);
  const [asked, setAsked] = useState(document.size <= shownUnaskedBytes || view === "text");
  if (view === "none") return null;
  if (!asked) {
    return (
      <div>
        <Button look="second" onClick={() => setAsked(true)}>
          Show it here ({formatSize(document.size)})
        </Button>
      </div>
    );
  }
  if (view === "text") return <TextPreview document={document} reader={reader} />;
  if (view === "record") return <RecordPreview document={document} reader={reader} />;
  return <MediaPreview document={document} reader={reader} view={view} />;
}

function usePart(document: DocumentInfo, name: string) {
  return { queryKey: ["preview", name, document.doc, document.ver], gcTime: 0, staleTime: Infinity, retry: false };
}

function TextPreview({ document, reader }: Props) {
  const shown = Math.min(document.size, shownTextBytes);
  const text = useQuery({
    ...usePart(document, "text"),
    queryFn: async ({ signal }) => (shown === 0 ? "" : new TextDecoder().decode(await reader.beginning(shown, signal))),
  });
  if (text.isPending) return <Loading what="Opening and verifying" />;
  if (text.error) return <ProblemNotice error={text.error} />;
  return (
    <div className="stack stack-tight">
      {document.kind === "note" ? (
        <div className="letter">{text.data}</div>
      ) : (
        <pre className="plain-text" tabIndex={0} aria-label={`Text of ${document.name}`}>
          {text.data}
        </pre>
      )}
      {shown < document.size ? (
        <p className="soft small">
          This is the beginning ({formatSize(shown)} of {formatSize(document.size)}). Download it to read the rest.
        </p>
      ) : null}
    </div>
  );
}

function RecordPreview({ document, reader }: Props) {
  const record = useQuery({
    ...usePart(document, "record"),
    queryFn: async ({ signal }) => readRecord(await reader.stream({ signal })),
  });
  if (record.isPending) return <Loading what="Opening and verifying" />;
  return record.data ? <RecordView record={record.data} /> : <ProblemNotice error={record.error} />;
}

type MediaView = "picture" | "sound" | "film" | "pdf";

function MediaPreview({ document, reader, view }: Props & { view: MediaView }) {
  const type = plainType(document.type);
  const media = useQuery({
    ...usePart(document, "media"),
    queryFn: async ({ signal }) => gatherBlob(await reader.stream({ signal }), type),
  });
  if (media.isPending) return <Loading what="Opening and verifying" />;
  if (media.error) return <ProblemNotice error={media.error} />;
  return <Media blob={media.data} name={document.name} type={type} view={view} />;
}

function Media({ blob, name, type, view }: { blob: Blob; name: string; type: string; view: MediaView }) {
  const url = useBlobUrl(blob, type);
  if (url === null) return null;
  switch (view) {
    case "picture":
      return <img className="picture" src={url} alt={name} />;
    case "sound":
      return <audio className="sound" src={url} controls aria-label={name} />;
    case "film":
      return <video className="picture" src={url} controls playsInline aria-label={name} />;
    case "pdf":
      return navigator.pdfViewerEnabled ? (
        <iframe className="paper" src={url} title={name} />
      ) : (
        <p className="soft">This browser cannot show a PDF in a page. Download it to read it.</p>
      );
  }
}
