import { encodeUtf8 } from "@afterkeep/bytes";

const forbidden = /[\p{Cc}/\\:*?"<>|]/gu;
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;

/** Bytes of UTF-8. Why fewer than the 255 of most disks: a number, an ending, and what a browser adds while it writes must fit too. */
const longestName = 230;
const longestEnding = 20;

/** A name that every common file system takes, as close to the sealed one as possible. */
export function diskName(name: string): string {
  const plain = shortened(
    name
      .replaceAll(forbidden, "_")
      .replace(/^\.+/, "_")
      .replace(/[. ]+$/, ""),
  );
  return plain === "" || reserved.test(plain) ? `_${plain}` : plain;
}

/** Cut before its ending, between two characters. */
function shortened(name: string): string {
  if (bytesOf(name) <= longestName) return name;
  const dot = name.lastIndexOf(".");
  const ending = dot > 0 && bytesOf(name.slice(dot)) <= longestEnding ? name.slice(dot) : "";
  let left = longestName - bytesOf(ending);
  let kept = "";
  for (const character of name) {
    left -= bytesOf(character);
    if (left < 0) break;
    kept += character;
  }
  return kept.replace(/[. ]+$/, "") + ending;
}

function bytesOf(text: string): number {
  return encodeUtf8(text).length;
}

/** `folder/name` for a disk, and another than any in `taken`, to which it is added: disks often do not tell capitals apart. */
export function placeOnDisk(taken: Set<string>, folder: string, name: string, ending: string): string {
  const path = [...folder.split("/").filter((part) => part !== ""), name].map(diskName).join("/");
  for (let count = 1; ; count += 1) {
    const candidate = `${path}${count === 1 ? "" : ` (${count})`}${ending}`;
    if (taken.has(candidate.toLowerCase())) continue;
    taken.add(candidate.toLowerCase());
    return candidate;
  }
}
