import { readRecord } from "@afterkeep/sdk";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../parts/button.tsx";
import { Loading } from "../../parts/loading.tsx";
import { ProblemNotice } from "../../parts/problem-notice.tsx";
import { formatSize } from "../../words/size-in-words.ts";
import { isHeldEasily, shownTextBytes, viewOf } from "../../words/view-of.ts";
import type { PreviewProps } from "./document-reader.ts";
import { HeldMedia } from "./held-media.tsx";
import { partOf } from "./part-of.ts";
import { PlayedMedia } from "./played-media.tsx";
import { RecordView } from "./record-view.tsx";

/** Larger ones are shown when asked for: a page opened on the way must not eat up somebody's data plan. Bytes. */
const shownUnaskedBytes = 5_000_000;

/** Shows what can be shown without running anything of it. Renders nothing for types that can only be downloaded. */
export function Preview({ document, reader }: PreviewProps) {
  const view = viewOf(document);
  const [asked, setAsked] = useState(document.size <= shownUnaskedBytes || view === "text");
  if (view === "none") return null;
  const isPlayed = view === "film" || view === "sound";
  // What is too large to be shown is told at once.
  const isRefused = (view === "picture" || view === "pdf") && !isHeldEasily(view, document.size);
  if (!asked && !isRefused) {
    return (
      <div>
        <Button look="second" onClick={() => setAsked(true)}>
          {isPlayed ? "Play" : "Show"} it here ({formatSize(document.size)})
        </Button>
      </div>
    );
  }
  if (view === "text") return <TextPreview document={document} reader={reader} />;
  if (view === "record") return <RecordPreview document={document} reader={reader} />;
  if (isPlayed) return <PlayedMedia document={document} reader={reader} view={view} />;
  return <HeldMedia document={document} reader={reader} view={view} />;
}

function TextPreview({ document, reader }: PreviewProps) {
  const shown = Math.min(document.size, shownTextBytes);
  const text = useQuery({
    ...partOf(document, "text"),
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

function RecordPreview({ document, reader }: PreviewProps) {
  const record = useQuery({
    ...partOf(document, "record"),
    queryFn: async ({ signal }) => readRecord(await reader.stream({ signal })),
  });
  if (record.isPending) return <Loading what="Opening and verifying" />;
  return record.data ? <RecordView record={record.data} /> : <ProblemNotice error={record.error} />;
}
