import type { DocumentInfo } from "@afterkeep/sdk";
import { useState } from "react";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { viewOf } from "../../words/view-of.ts";
import { DocumentLine } from "./document-line.tsx";
import { DownloadProgress } from "./download-progress.tsx";
import type { DocumentReader } from "./document-reader.ts";
import { Preview } from "./preview.tsx";
import { Thumbnail } from "./thumbnail.tsx";
import { useDownload } from "./use-download.ts";

type Props = { document: DocumentInfo; reader: DocumentReader };

/** One received document: what it is, and a press to look at it here or to save it. */
export function OpenableDocument({ document, reader }: Props) {
  const [shown, setShown] = useState(false);
  const download = useDownload(document, reader);
  return (
    <div className="stack stack-tight">
      <div className="item">
        <Thumbnail document={document} reader={reader} />
        <DocumentLine document={document} title={document.name} />
        <div className="item-actions row">
          {viewOf(document) === "none" ? null : (
            <Button look="quiet" onClick={() => setShown(true)} aria-label={`Open ${document.name}`}>
              Open
            </Button>
          )}
          <Button
            look="quiet"
            busy={download.save.isPending}
            onClick={() => download.save.mutate()}
            aria-label={`Download ${document.name}`}
          >
            Download
          </Button>
        </div>
      </div>
      <DownloadProgress document={document} download={download} />
      <Dialog title={document.name} open={shown} onClose={() => setShown(false)}>
        <Preview document={document} reader={reader} />
        <div className="row row-end">
          <Button look="second" onClick={() => setShown(false)}>
            Close
          </Button>
        </div>
      </Dialog>
    </div>
  );
}
