import { encodeUtf8 } from "@afterkeep/bytes";
import { generateIdentity } from "@afterkeep/formats";
import { type Afterkeep, type BundleSink, type DocumentInfo, RefusedError } from "@afterkeep/sdk";
import { placeOnDisk } from "../words/place-on-disk.ts";

export type ExportKind = "hybrid" | "x25519";
export type ExportProgress = { readonly name: string; readonly done: number; readonly total: number };

const readMe = `Everything that was in your Afterkeep vault, each document as a standard age file.

To open one:      age --decrypt --identity identity.txt FILE.age > FILE
The age program:  https://age-encryption.org

identity.txt opens all of them. Whoever has both can read everything: keep it apart from the files.
`;

/**
 * Writes every document as a standard age file, in its folders, and the one identity that opens them all. Answers the documents that the
 * server withholds or changed: one that rotted must not keep all others from leaving.
 */
export async function exportVault(
  afterkeep: Pick<Afterkeep, "exportAge">,
  sink: Pick<BundleSink, "writeFile">,
  documents: readonly DocumentInfo[],
  options: { kind: ExportKind; signal: AbortSignal; onProgress: (progress: ExportProgress) => void },
): Promise<readonly DocumentInfo[]> {
  const identity = await generateIdentity(options.kind);
  const taken = new Set(["identity.txt", "read-me.txt"]);
  const total = documents.reduce((sum, { size }) => sum + size, 0);
  let before = 0;
  const missing: DocumentInfo[] = [];
  // Why first: what breaks off later has left files that open.
  await sink.writeFile("identity.txt", encodeUtf8(`${identity}\n`));
  await sink.writeFile("READ-ME.txt", encodeUtf8(readMe));
  for (const info of documents) {
    const { doc, ver, name, folder, size } = info;
    const onProgress = (done: number): void => options.onProgress({ name, done: before + done, total });
    const how = { ver, kind: options.kind, identity, signal: options.signal, onProgress };
    try {
      const file = await afterkeep.exportAge(doc, how);
      await sink.writeFile(placeOnDisk(taken, folder, name, ".age"), file.stream);
    } catch (error) {
      if (!(error instanceof RefusedError && error.code === "document-forged")) throw error;
      missing.push(info);
    }
    before += size;
  }
  return missing;
}
