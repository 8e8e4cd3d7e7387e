import { type Bytes, concatBytes, MalformedError } from "@afterkeep/bytes";
import { hashLength, nodeHash } from "./hashes.ts";

/** Hashes in a full tile: 2⁸, so each tile level is eight tree levels. Source: C2SP tlog-tiles. */
export const tileWidth = 256;

/** Where a tile is: `width` is 256 for a full tile, 1…255 for a partial one. */
export type TileAddress = { readonly level: number | "entries"; readonly index: number; readonly width: number };

/** The path of a tile below the log's prefix, for example `tile/0/x001/x234/067.p/8`. */
export function tilePath(tile: TileAddress): string {
  const partial = tile.width === tileWidth ? "" : `.p/${tile.width}`;
  return `tile/${tile.level}/${encodeTileIndex(tile.index)}${partial}`;
}

function encodeTileIndex(index: number): string {
  const groups: string[] = [];
  for (let rest = index; groups.length === 0 || rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`${groups.length === 0 ? "" : "x"}${String(rest % 1000).padStart(3, "0")}`);
  }
  return groups.join("/");
}

/** The 32-byte hashes of a tile's bytes. Untrusted: throws MalformedError if it is not 1…256 whole hashes. */
export function tileHashes(bytes: Uint8Array): Uint8Array[] {
  const count = bytes.length / hashLength;
  if (!Number.isInteger(count) || count < 1 || count > tileWidth) throw new MalformedError("tile");
  return Array.from({ length: count }, (_, i) => bytes.slice(i * hashLength, (i + 1) * hashLength));
}

/** The root of a full tile: the hash that stands for it in the tile one level above. */
export function tileRoot(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length !== tileWidth) throw new MalformedError("full tile");
  let level = hashes;
  while (level.length > 1) {
    level = Array.from({ length: level.length / 2 }, (_, i) =>
      nodeHash(hashAt(level, 2 * i), hashAt(level, 2 * i + 1)),
    );
  }
  return hashAt(level, 0);
}

function hashAt(hashes: readonly Uint8Array[], index: number): Uint8Array {
  const found = hashes[index];
  if (found === undefined) throw new MalformedError("tile");
  return found;
}

/** An entry bundle: each leaf's data behind its length as a 16-bit big-endian integer. */
export function encodeEntryBundle(entries: readonly Uint8Array[]): Bytes {
  return concatBytes(...entries.flatMap((entry) => [u16be(entry.length), entry]));
}

/** Reads an untrusted entry bundle of 1…256 entries. Throws MalformedError if the lengths do not add up. */
export function decodeEntryBundle(bytes: Uint8Array): Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
    if (at + 2 + length > bytes.length) throw new MalformedError("entry bundle");
    entries.push(bytes.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  if (entries.length < 1 || entries.length > tileWidth) throw new MalformedError("entry bundle");
  return entries;
}

function u16be(value: number): Uint8Array {
  if (value > 0xffff) throw new MalformedError("log entry of at most 65535 bytes");
  return Uint8Array.of(value >> 8, value & 0xff);
}
