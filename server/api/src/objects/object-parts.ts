import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { partLength } from "@afterkeep/contracts";
import { InputError } from "@afterkeep/platform";

/** Bytes of an object's part, by its number. Throws InputError `part-outside` where the object has no such part. */
export function lengthOfPart(objectLen: number, part: number): number {
  if (part < 0 || part >= partsOf(objectLen))
    throw new InputError("part-outside", "The object that was announced ends before that part.", {
      next: "Send the parts that its length makes.",
    });
  return Math.min(partLength, objectLen - part * partLength);
}

export function partsOf(objectLen: number): number {
  return Math.ceil(objectLen / partLength);
}

/** SHA-256(sha256(part 0) ‖ sha256(part 1) ‖ …). */
export function objectDigest(parts: readonly { sha256: Buffer }[]): Buffer {
  const hash = createHash("sha256");
  for (const { sha256 } of parts) hash.update(sha256);
  return hash.digest();
}

const readAhead = 65_536;

/**
 * Bytes `start`…`end` (both inclusive) of files that hold `length` bytes each, the last one maybe fewer. One file is open at a time, read
 * only as fast as the stream is, and closed when the stream ends, breaks or is destroyed.
 */
export function readAcrossParts(
  pathOf: (part: number) => string,
  length: number,
  start: number,
  end: number,
): Readable {
  async function* bytes(): AsyncGenerator<Buffer, void, undefined> {
    for (let part = Math.floor(start / length); part * length <= end; part++) {
      const first = Math.max(0, start - part * length);
      const last = Math.min(length - 1, end - part * length);
      yield* createReadStream(pathOf(part), { start: first, end: last, highWaterMark: readAhead });
    }
  }
  return Readable.from(bytes(), { objectMode: false, highWaterMark: readAhead });
}
