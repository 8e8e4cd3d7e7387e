import type { DocumentInfo } from "@afterkeep/sdk";

/** A query for a part of a document: a version never changes, and what was shown is forgotten when it is shown no more. */
export function partOf({ doc, ver }: DocumentInfo, name: string) {
  return { queryKey: ["preview", name, doc, ver], gcTime: 0, staleTime: Infinity, retry: false };
}
