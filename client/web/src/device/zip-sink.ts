import { type Bytes, concatBytes, encodeUtf8 } from "@afterkeep/bytes";
import type { BundleSink } from "@afterkeep/sdk";
import { readParts } from "@afterkeep/sealing";

const gatherBytes = 16 * 1024 * 1024;
/** The largest number in a field of the first ZIP; what does not fit goes into ZIP64 fields. Source: APPNOTE 6.3.10, 4.3.9 and 4.5.3. */
const largest = 0xffff_ffff;
/** 1 January 1980: the files' own times are nobody's business. */
const noTime = 0x0021_0000;
const utf8Names = 0x0800;

type Entry = { readonly name: Bytes; readonly size: number; readonly crc: number; readonly offset: number };
type Content = { readonly blob: Blob; readonly crc: number };

/**
 * One ZIP file in place of a folder, for browsers that cannot write into one. Nothing is compressed: ciphertext does not shrink. Pieces
 * are Blobs, which browsers move to disk. `limit` is for tests of large files.
 */
export class ZipSink implements BundleSink {
  readonly #limit: number;
  readonly #parts: Blob[] = [];
  readonly #entries: Entry[] = [];
  #length = 0;

  constructor(limit: number = largest) {
    this.#limit = limit;
  }

  async writeFile(path: string, content: Uint8Array | ReadableStream<Uint8Array>): Promise<void> {
    const { blob, crc } = await gather(content);
    const entry = { name: encodeUtf8(path), size: blob.size, crc, offset: this.#length };
    this.#add(new Blob([this.#localHeader(entry)]));
    this.#add(blob);
    this.#entries.push(entry);
  }

  removeFile(): Promise<void> {
    return Promise.resolve();
  }

  /** A ZIP file is always a new one. */
  readFile(): Promise<null> {
    return Promise.resolve(null);
  }

  /** The whole file. Nothing can be written after it. */
  finish(): Blob {
    const from = this.#length;
    for (const entry of this.#entries) this.#add(new Blob([this.#centralHeader(entry)]));
    this.#add(new Blob([this.#end(from, this.#length - from)]));
    return new Blob(this.#parts, { type: "application/zip" });
  }

  #add(part: Blob): void {
    this.#parts.push(part);
    this.#length += part.size;
  }

  #localHeader(entry: Entry): Bytes {
    const extra = this.#isLarge(entry) ? concatBytes(u16(1, 16), u64(entry.size, entry.size)) : new Uint8Array(0);
    return concatBytes(encodeUtf8("PK\x03\x04"), this.#about(entry, extra), entry.name, extra);
  }

  #centralHeader(entry: Entry): Bytes {
    const isLarge = this.#isLarge(entry);
    const { size, offset } = entry;
    const extra = isLarge ? concatBytes(u16(1, 24), u64(size, size, offset)) : new Uint8Array(0);
    const place = concatBytes(u16(0, 0, 0), u32(0, isLarge ? largest : offset));
    return concatBytes(encodeUtf8("PK\x01\x02"), u16(45), this.#about(entry, extra), place, entry.name, extra);
  }

  /** What local and central header have in common. */
  #about(entry: Entry, extra: Bytes): Bytes {
    const size = this.#isLarge(entry) ? largest : entry.size;
    const lengths = u16(entry.name.length, extra.length);
    return concatBytes(u16(45, utf8Names, 0), u32(noTime, entry.crc, size, size), lengths);
  }

  #isLarge({ size, offset }: Entry): boolean {
    return size >= this.#limit || offset >= this.#limit;
  }

  #end(from: number, length: number): Bytes {
    const count = this.#entries.length;
    const isLarge = from + length >= this.#limit || count >= 0xffff;
    const large = concatBytes(
      ...[encodeUtf8("PK\x06\x06"), u64(44), u16(45, 45), u32(0, 0), u64(count, count, length, from)],
      ...[encodeUtf8("PK\x06\x07"), u32(0), u64(from + length), u32(1)],
    );
    const shown = isLarge ? [0xffff, largest, largest] : [count, length, from];
    const [entries = 0, bytes = 0, offset = 0] = shown;
    const last = concatBytes(encodeUtf8("PK\x05\x06"), u16(0, 0, entries, entries), u32(bytes, offset), u16(0));
    return isLarge ? concatBytes(large, last) : last;
  }
}

async function gather(content: Uint8Array | ReadableStream<Uint8Array>): Promise<Content> {
  const pieces: Blob[] = [];
  let pending: Bytes[] = [];
  let length = 0;
  let crc = 0;
  for await (const part of content instanceof Uint8Array ? only(content) : readParts(content)) {
    crc = crc32(part, crc);
    pending.push(new Uint8Array(part));
    length += part.length;
    if (length < gatherBytes) continue;
    pieces.push(new Blob(pending));
    [pending, length] = [[], 0];
  }
  return { blob: new Blob([...pieces, ...pending]), crc };
}

async function* only(part: Uint8Array): AsyncGenerator<Uint8Array> {
  yield part;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb8_8320 : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array, before: number): number {
  let crc = ~before;
  for (let at = 0; at < bytes.length; at++) crc = (crc >>> 8) ^ (crcTable[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
  return ~crc >>> 0;
}

function u16(...values: readonly number[]): Bytes {
  return Uint8Array.from(values.flatMap((value) => [value & 0xff, value >>> 8]));
}

function u32(...values: readonly number[]): Bytes {
  return concatBytes(...values.map((value) => u16(value & 0xffff, value >>> 16)));
}

function u64(...values: readonly number[]): Bytes {
  return concatBytes(...values.map((value) => u32(value % 2 ** 32, Math.floor(value / 2 ** 32))));
}
