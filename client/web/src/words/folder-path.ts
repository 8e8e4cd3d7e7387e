/** What a person typed as a folder, as it is kept: `House / Insurance/` is `House/Insurance`; steps up and empty names fall away. */
export function cleanFolder(typed: string): string {
  return typed
    .split("/")
    .map((part) => part.trim())
    .filter((part) => part !== "" && part !== "." && part !== "..")
    .join("/");
}

/** What a person typed as a name: a slash would make it look like a folder. */
export function cleanName(typed: string): string {
  return typed.replaceAll("/", "-").trim();
}

export function isInFolder(folder: string, path: string): boolean {
  return folder === path || folder.startsWith(`${path}/`);
}

/** Where something in `from` (or below it) lies when that folder becomes `to`. */
export function moveFolder(folder: string, from: string, to: string): string {
  return cleanFolder(`${to}${folder.slice(from.length)}`);
}

/** `House/Insurance` as its steps: `House`, `House/Insurance`. */
export function stepsOf(path: string): { name: string; path: string }[] {
  const parts = path.split("/").filter((part) => part !== "");
  return parts.map((name, index) => ({ name, path: parts.slice(0, index + 1).join("/") }));
}

export function parentOf(path: string): string {
  return path.split("/").slice(0, -1).join("/");
}
