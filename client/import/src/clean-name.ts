import { encodeUtf8 } from "@afterkeep/bytes";

const maxNameBytes = 240;
const maxFolders = 16;

/**
 * A name from an untrusted export as it may stand in a folder: one line, no separators, no characters that turn writing around,
 * at most 240 bytes of UTF-8; `Untitled` if nothing is left.
 */
export function cleanName(text: string): string {
  const oneLine = text
    .toWellFormed()
    .normalize("NFC")
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    // Why: a right-to-left override makes `fdp.exe` read as `exe.pdf`.
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, "")
    .replace(/[/\\]/g, "-")
    .trim();
  const name = shorten(oneLine.slice(0, 1024).toWellFormed());
  return name === "" || /^\.+$/.test(name) ? "Untitled" : name;
}

/** A folder path of cleaned names; empty and dotted names fall away, what lies deeper than 16 folders moves up to the 16th. */
export function cleanFolder(names: readonly string[]): string {
  return names
    .filter((name) => !/^[\s.]*$/.test(name))
    .map(cleanName)
    .slice(0, maxFolders)
    .join("/");
}

/** Keeps the extension, by which people know a file. */
function shorten(name: string): string {
  if (encodeUtf8(name).length <= maxNameBytes) return name;
  const extension = /\.[\p{L}\p{N}]{1,10}$/u.exec(name)?.[0] ?? "";
  let kept = name.slice(0, name.length - extension.length);
  while (encodeUtf8(kept + extension).length > maxNameBytes) kept = Array.from(kept).slice(0, -1).join("");
  return `${kept.trimEnd()}${extension}`;
}
