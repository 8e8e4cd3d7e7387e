import { readFile, stat } from "node:fs/promises";
import type { SentPart } from "./a-wire-tap.ts";

/** How much of what was sent under one version was sent more than once, and whether it was the same each time. */
export type Overlap = { readonly bytes: number; readonly isSame: boolean };

/** Compares every byte that ever left under a version with every other that left for the same offset; whole parts and broken ones alike. */
export async function overlapsOf(parts: readonly SentPart[], ver: string): Promise<Overlap> {
  let bytes = 0;
  let isSame = true;
  const mine = parts.filter((one) => one.ver === ver);
  for (const number of new Set(mine.map(({ part }) => part))) {
    const [first, ...others] = mine.filter(({ part }) => part === number);
    for (const other of others) {
      const shared = await sharedPrefix(first?.file ?? "", other.file);
      bytes += shared.compared;
      isSame &&= shared.equal === shared.compared;
    }
  }
  return { bytes, isSame };
}

/** What was sent of the same part of two versions: the files in which the most bytes can be compared. Empty paths if there is no such part. */
export async function samePartOf(
  parts: readonly SentPart[],
  ver: string,
  otherVer: string,
): Promise<readonly [one: string, other: string]> {
  let [best, bytes] = [["", ""] as readonly [string, string], 0];
  for (const one of parts.filter((sent) => sent.ver === ver))
    for (const other of parts.filter((sent) => sent.ver === otherVer && sent.part === one.part)) {
      const shared = Math.min((await stat(one.file)).size, (await stat(other.file)).size);
      if (shared > bytes) [best, bytes] = [[one.file, other.file], shared];
    }
  return best;
}

/** Bytes at the start of both files that could be compared, and how many of them are equal at equal offsets. */
export async function sharedPrefix(one: string, other: string): Promise<{ compared: number; equal: number }> {
  const [a, b] = [await readFile(one), await readFile(other)];
  const compared = Math.min(a.length, b.length);
  if (a.subarray(0, compared).equals(b.subarray(0, compared))) return { compared, equal: compared };
  let equal = 0;
  for (let i = 0; i < compared; i++) if (a[i] === b[i]) equal++;
  return { compared, equal };
}
