type Known = { readonly name: string; readonly size: number; readonly modified: number };
type Chosen = { readonly name: string; readonly size: number; readonly lastModified: number };

/** In what a chosen file differs from the one whose upload broke off; null: the same, as far as can be seen from outside. */
export function compareFile(known: Known, file: Chosen): "size" | "date" | null {
  // Why not the name: people rename files, and the upload of a new version carries its document's name. The content decides.
  if (known.size !== file.size) return "size";
  return Math.round(known.modified) === Math.round(file.lastModified) ? null : "date";
}

export function describeDifference(name: string, difference: "size" | "date"): string {
  const what = difference === "size" ? "has another size" : "was changed since";
  return `This is not the file that was interrupted: it ${what}. Choose the one that “${name}” came from, or discard the upload and add this one as new.`;
}
