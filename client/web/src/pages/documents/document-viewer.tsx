import type { DocumentInfo } from "@afterkeep/sdk";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";

/** Why so few: these cannot run anything. An SVG or HTML page of a stranger must never be shown inside this origin. */
const pictures = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]);
const largestText = 1_000_000;

export function viewOf(document: DocumentInfo): "text" | "picture" | "none" {
  if (pictures.has(document.type)) return "picture";
  const isText = document.kind === "note" || document.type === "text/plain";
  return isText && document.size <= largestText ? "text" : "none";
}

function Picture({ blob, name }: { blob: Blob; name: string }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return url === null ? null : <img className="picture" src={url} alt={name} />;
}

function Text({ blob, doc }: { blob: Blob; doc: string }) {
  const text = useQuery({ queryKey: ["text", doc], queryFn: () => blob.text(), gcTime: 0 });
  return <div className="letter">{text.data ?? ""}</div>;
}

export function DocumentViewer({
  document,
  blob,
  onClose,
}: {
  document: DocumentInfo;
  blob: Blob;
  onClose: () => void;
}) {
  return (
    <Dialog title={document.name} open onClose={onClose}>
      {viewOf(document) === "picture" ? (
        <Picture blob={blob} name={document.name} />
      ) : (
        <Text blob={blob} doc={document.doc} />
      )}
      <div className="row row-end">
        <Button look="second" onClick={onClose}>
          Close
        </Button>
      </div>
    </Dialog>
  );
}
