import { encodeUtf8 } from "@afterkeep/bytes";
import { generateIdentity } from "@afterkeep/formats";
import type { BundleSink, DocumentInfo } from "@afterkeep/sdk";
import { placeOnDisk } from "../words/place-on-disk.ts";
import { afterkeep } from "./afterkeep.ts";

export type ExportKind = "hybrid" | "x25519";
export type ExportProgress = { readonly name: string; readonly done: number; readonly total: number };

const readMe = `Everything that was in your Afterkeep vault, each document as a standard age file.

To open one:      age --decrypt --identity identity.txt FILE.age > FILE
The age program:  https://age-encryption.org

identity.txt opens all of them. Whoever has both can read everything: keep it apart from the files.
`;

/** Writes every document as a standard age file, in its folders, and the one identity that opens them all. */
export async function exportVault(
  sink: BundleSink,
  documents: readonly DocumentInfo[],
  options: { kind: ExportKind; signal: AbortSignal; onProgress: (progress: ExportProgress) => void },
): Promise<void> {
  const identity = await generateIdentity(options.kind);
  const taken = new Set(["identity.txt", "read-me.txt"]);
  const total = documents.reduce((sum, { size }) => sum + size, 0);
  let before = 0;
  await sink.writeFile("identity.txt", encodeUtf8(`${identity}\n`));
  await sink.writeFile("READ-ME.txt", encodeUtf8(readMe));
  for (const { doc, name, folder, size } of documents) {
    const onProgress = (done: number): void => options.onProgress({ name, done: before + done, total });
    const file = await afterkeep.exportAge(doc, { kind: options.kind, identity, signal: options.signal, onProgress });
    await sink.writeFile(placeOnDisk(taken, folder, name, ".age"), file.stream);
    before += size;
  }
}
