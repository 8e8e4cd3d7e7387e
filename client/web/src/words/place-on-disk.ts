const forbidden = /[\p{Cc}/\\:*?"<>|]/gu;
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;

/** A name that every common file system takes, as close to the sealed one as possible. */
export function diskName(name: string): string {
  const plain = name
    .replaceAll(forbidden, "_")
    .replace(/^\.+/, "_")
    .replace(/[. ]+$/, "")
    .slice(0, 180);
  return plain === "" || reserved.test(plain) ? `_${plain}` : plain;
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
