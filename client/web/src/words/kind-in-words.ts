import { formatSize } from "./size-in-words.ts";

/** `Note`, `Form`, or a file's size. */
export function describeKind({ kind, size }: { kind: "file" | "note" | "record"; size: number }): string {
  if (kind === "note") return "Note";
  return kind === "record" ? "Form" : formatSize(size);
}
