import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type BundleSink, saveBundle } from "@afterkeep/sdk";
import { openReleasedBequest, type StoredDocument } from "@afterkeep/sealing";
import { type ADocument, type AnEstate, aRelease, objectOf } from "@afterkeep/sealing/testing";

/** A folder on disk that a release is saved into. */
export function aSink(folder: string): BundleSink {
  return {
    writeFile: async (path, content) => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    },
    removeFile: (path) => rm(join(folder, path), { force: true }),
    readFile: async (path) => {
      const there = existsSync(join(folder, path));
      return there ? new Blob([await readFile(join(folder, path))]) : null;
    },
  };
}

/** Saves a release that no server ever had: another one to the same key, or somebody's forgery of all of it. */
export async function saveReleaseOf(
  estate: AnEstate,
  what: { readonly documents: readonly ADocument[]; readonly message: string },
  { folder, ...options }: { readonly folder: string; readonly opener: Uint8Array; readonly passphrase?: string },
): Promise<void> {
  const release = await aRelease(estate, what);
  const source = {
    request: { ...release.request, ownerKey: estate.owner.publicKey },
    released: await openReleasedBequest(release.request),
    rangeOf: ({ row }: { row: StoredDocument }) => objectOf(release, row),
    now: () => 1_790_000_100_000,
  };
  await saveBundle({ source }, aSink(folder), options);
}
