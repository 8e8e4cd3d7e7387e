import { InvariantError } from "@afterkeep/platform";
import { z } from "zod";
import type { Store } from "./store.ts";

const manifestSchema = z.object({ mseq: z.int(), hash: z.string() });
export type ManifestMark = z.infer<typeof manifestSchema>;

/** How many manifests of a generation are remembered: a database restore may have lost the newest. */
const keptManifests = 16;

export function findNewestManifest(store: Store, account: string, b: string, g: number): ManifestMark | null {
  return store.find(
    "select mseq, hash from manifest where account = ? and b = ? and g = ? order by mseq desc limit 1",
    manifestSchema,
    account,
    b,
    g,
  );
}

/** As findNewestManifest, for a generation that a policy was bound for: there is one. */
export function getNewestManifest(store: Store, account: string, b: string, g: number): ManifestMark {
  const newest = findNewestManifest(store, account, b, g);
  if (newest === null) throw new InvariantError("manifest-lost", "Something went wrong on our side.");
  return newest;
}

export function addManifest(
  store: Store,
  account: string,
  manifest: { b: string; g: number; mseq: number; hash: string; atMs: number },
): void {
  const { b, g, mseq, hash, atMs } = manifest;
  store.run("insert into manifest values (?, ?, ?, ?, ?, ?)", account, b, g, mseq, hash, atMs);
  store.run(
    `delete from manifest where account = ? and b = ? and g = ? and mseq not in
      (select mseq from manifest where account = ? and b = ? and g = ? order by mseq desc limit +?)`,
    account,
    b,
    g,
    account,
    b,
    g,
    keptManifests,
  );
}
