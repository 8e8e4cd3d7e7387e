import { type Bytes, copyBytes, decodeUtf8 } from "@afterkeep/bytes";
import { ByteReader } from "./byte-reader.ts";
import { crc32 } from "./crc32.ts";
import { damaged, ImportError } from "./import-error.ts";
import { inflate } from "./inflate.ts";
import { maxItems, maxTotalBytes, tooLarge } from "./limits.ts";

const what = "ZIP archive";

type ZipEntry = {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packedLength: number;
  readonly length: number;
  /** Where its local header begins. */
  readonly at: number;
};

/** Whether the bytes begin like a ZIP archive. */
export function isArchive(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/** The files of an untrusted ZIP archive by name. Nothing is unpacked before it is asked for. */
export class ZipArchive {
  readonly #bytes: Uint8Array;
  readonly #entries: ReadonlyMap<string, ZipEntry>;
  readonly #byFolder: ReadonlyMap<string, readonly string[]>;

  /** Throws ImportError unless the directory is whole, plainly named and within the bounds. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#entries = readDirectory(bytes);
    this.#byFolder = byFolder(this.#entries.keys());
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** Names of the files right in a folder, which ends in `/`. */
  namesIn(folder: string): readonly string[] {
    return this.#byFolder.get(folder) ?? [];
  }

  /**
   * A file of at most `limit` bytes; null if there is none of this name. Throws ImportError if it is larger, or is not what the
   * directory says in length and checksum.
   */
  async read(name: string, limit: number): Promise<Bytes | null> {
    const entry = this.#entries.get(name);
    if (entry === undefined) return null;
    if (entry.length > limit) throw tooLarge("A file in this export is larger than it may be");
    const content = await unpack(this.#bytes, entry);
    if (content.length !== entry.length || crc32(content) !== entry.crc) throw damaged(what);
    return content;
  }
}

/** Why not Map.groupBy: phones of a few years ago lack it. */
function byFolder(names: Iterable<string>): ReadonlyMap<string, readonly string[]> {
  const folders = new Map<string, string[]>();
  for (const name of names) {
    const folder = name.slice(0, name.lastIndexOf("/") + 1);
    const inside = folders.get(folder);
    if (inside === undefined) folders.set(folder, [name]);
    else inside.push(name);
  }
  return folders;
}

async function unpack(bytes: Uint8Array, entry: ZipEntry): Promise<Bytes> {
  const header = new ByteReader(bytes, what, entry.at);
  if (header.uint32() !== 0x04034b50) throw damaged(what);
  header.take(22);
  const [nameLength, extraLength] = [header.uint16(), header.uint16()];
  header.take(nameLength + extraLength);
  const packed = header.take(entry.packedLength);
  // Invariant: the limit is the length that the directory names, so a bomb stops there.
  return entry.method === 0 ? copyBytes(packed) : inflate(packed, "deflate-raw", entry.length);
}

// Source: PKWARE APPNOTE 6.3.10, §4.3.12 and §4.3.16. The directory alone is trusted to say what is in the archive.
function readDirectory(bytes: Uint8Array): ReadonlyMap<string, ZipEntry> {
  const end = new ByteReader(bytes, what, findEnd(bytes));
  const [, disk, firstDisk, onDisk, count] = [end.uint32(), end.uint16(), end.uint16(), end.uint16(), end.uint16()];
  const [length, at] = [end.uint32(), end.uint32()];
  if (count === 0xffff || length === 0xffffffff || at === 0xffffffff || disk !== 0 || firstDisk !== 0)
    throw new ImportError("unsupported", "This ZIP archive is split or in the 64-bit form, which exports are not.");
  if (count > 2 * maxItems) throw tooLarge("This archive holds more than 20,000 files");
  if (count !== onDisk || at + length > bytes.length) throw damaged(what);
  const reader = new ByteReader(bytes.subarray(at, at + length), what);
  const entries = Array.from({ length: count }, () => readEntry(reader));
  return indexEntries(entries.filter(({ name }) => !name.endsWith("/")));
}

function findEnd(bytes: Uint8Array): number {
  const furthest = Math.max(0, bytes.length - 22 - 0xffff);
  for (let at = bytes.length - 22; at >= furthest; at--)
    if (bytes[at] === 0x50 && bytes[at + 1] === 0x4b && bytes[at + 2] === 5 && bytes[at + 3] === 6) return at;
  throw damaged(what);
}

function readEntry(reader: ByteReader): ZipEntry {
  if (reader.uint32() !== 0x02014b50) throw damaged(what);
  reader.take(4);
  const [flags, method] = [reader.uint16(), reader.uint16()];
  reader.take(4);
  const [crc, packedLength, length] = [reader.uint32(), reader.uint32(), reader.uint32()];
  const [nameLength, extraLength, commentLength] = [reader.uint16(), reader.uint16(), reader.uint16()];
  reader.take(8);
  const at = reader.uint32();
  const name = decodeUtf8(reader.take(nameLength));
  reader.take(extraLength + commentLength);
  if ((flags & 1) !== 0 || (method !== 0 && method !== 8))
    throw new ImportError("unsupported", "This ZIP archive is encrypted or packed in a way that exports are not.");
  return { name, method, crc, packedLength, length, at };
}

function indexEntries(entries: readonly ZipEntry[]): ReadonlyMap<string, ZipEntry> {
  const index = new Map(entries.map((entry) => [entry.name, entry]));
  // Why duplicates are refused: two readers of one archive must not see two different files under one name.
  if (index.size !== entries.length || entries.some(({ name }) => !isPlainName(name))) throw damaged(what);
  if (entries.reduce((sum, { length }) => sum + length, 0) > maxTotalBytes)
    throw tooLarge("This archive unpacks to more than 400 MB");
  return index;
}

/** Whether a name stays inside the archive. Nothing is written by these names; one that climbs out was made to harm someone. */
function isPlainName(name: string): boolean {
  return !/^[/\\]|^[A-Za-z]:|\\|\0/.test(name) && !name.split("/").includes("..");
}
