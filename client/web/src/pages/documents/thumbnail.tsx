import type { DocumentInfo } from "@afterkeep/sdk";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useBlobUrl } from "../../parts/use-blob-url.ts";
import { Icon, type IconName } from "../../parts/icon.tsx";
import type { DocumentReader } from "./document-reader.ts";
import { pictureType } from "../../words/picture-type.ts";

function iconOf({ kind }: DocumentInfo): IconName {
  if (kind === "note") return "note";
  return kind === "record" ? "key" : "document";
}

/** A sign of the document's kind. */
function Sign({ document }: { document: DocumentInfo }) {
  return <Icon name={iconOf(document)} />;
}

/** True from the first moment on which the element is on the screen, or nearly. */
function useSeen(element: React.RefObject<HTMLElement | null>): boolean {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (element.current === null) return;
    const watch = new IntersectionObserver((entries) => entries.some((one) => one.isIntersecting) && setSeen(true), {
      rootMargin: "200px",
    });
    watch.observe(element.current);
    return () => watch.disconnect();
  }, [element]);
  return seen;
}

/** The document's own small picture, fetched and opened only when it comes onto the screen; else a sign of its kind. */
export function Thumbnail({ document, reader }: { document: DocumentInfo; reader: DocumentReader }) {
  const place = useRef<HTMLSpanElement>(null);
  const seen = useSeen(place);
  const picture = useQuery({
    // A version never changes, and neither does its picture.
    queryKey: ["thumbnail", document.doc, document.ver],
    queryFn: () => reader.thumbnail(),
    staleTime: Infinity,
    enabled: seen && document.hasThumbnail,
  });
  return (
    <span ref={place} className="thumbnail">
      {picture.data ? <Small bytes={picture.data} /> : <Sign document={document} />}
    </span>
  );
}

/** Why the type is read from the bytes: whoever sealed them chose them, and only these two kinds are ever made. */
function Small({ bytes }: { bytes: Uint8Array }) {
  const type = pictureType(bytes);
  const url = useBlobUrl(bytes, type);
  return type === "" || url === null ? null : <img src={url} alt="" data-testid="thumbnail" />;
}
