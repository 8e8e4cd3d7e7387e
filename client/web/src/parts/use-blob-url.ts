import { useEffect, useState } from "react";

/** An address for these bytes within this page, for as long as it is shown. */
export function useBlobUrl(content: Blob | Uint8Array, type: string): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    // Why made anew with a type of ours: the address must never carry a type that a browser would run.
    const made = URL.createObjectURL(new Blob([content instanceof Blob ? content : new Uint8Array(content)], { type }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [content, type]);
  return url;
}
