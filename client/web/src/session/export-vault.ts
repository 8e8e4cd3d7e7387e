import { encodeUtf8 } from "@afterkeep/bytes";
import { generateIdentity } from "@afterkeep/formats";
import { type Afterkeep, type BundleSink, type DocumentInfo, RefusedError, SdkError } from "@afterkeep/sdk";
import { placeOnDisk } from "../words/place-on-disk.ts";

export type ExportKind = "hybrid" | "x25519";
export type ExportProgress = { readonly name: string; readonly done: number; readonly total: number };

const readMe = `Everything that was in your Afterkeep vault, each document as a standard age file.

To open one:      age --decrypt --identity identity.txt FILE.age > FILE
The age program:  https://age-encryption.org

identity.txt opens all of them. Whoever has both can read everything: keep it apart from the files.
`;

type Options = {
  readonly kind: ExportKind;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ExportProgress) => void;
  /** Documents (by id) that broke an export before this one. Answered as missing. */
  readonly leaveOut?: ReadonlySet<string>;
};

/** Where an export goes. One that `isBroken` takes no more files: what failed cannot be taken back out of a ZIP. */
type Place = { readonly sink: Pick<BundleSink, "writeFile">; isBroken(): boolean };

/**
 * Writes every document as a standard age file, in its folders, and the one identity that opens them all. Answers the documents that the
 * server withholds or changed: one that rotted must not keep all others from leaving. Throws BrokenExportError where it broke the place.
 */
export async function exportVault(
  afterkeep: Pick<Afterkeep, "exportAge">,
  place: Place,
  documents: readonly DocumentInfo[],
  { kind, signal, onProgress, leaveOut = new Set() }: Options,
): Promise<readonly DocumentInfo[]> {
  const identity = await generateIdentity(kind);
  const taken = new Set(["identity.txt", "read-me.txt"]);
  const total = documents.reduce((sum, { size }) => sum + size, 0);
  let before = 0;
  const missing: DocumentInfo[] = [];
  // Why first: what breaks off later has left files that open.
  await place.sink.writeFile("identity.txt", encodeUtf8(`${identity}\n`));
  await place.sink.writeFile("READ-ME.txt", encodeUtf8(readMe));
  for (const info of documents) {
    const { doc, ver, name, folder, size } = info;
    const how = {
      ver,
      kind,
      identity,
      signal,
      onProgress: (done: number) => onProgress({ name, done: before + done, total }),
    };
    try {
      if (leaveOut.has(doc)) missing.push(info);
      else
        await place.sink.writeFile(
          placeOnDisk(taken, folder, name, ".age"),
          (await afterkeep.exportAge(doc, how)).stream,
        );
    } catch (error) {
      if (!(error instanceof RefusedError && error.code === "document-forged")) throw error;
      if (place.isBroken()) throw new BrokenExportError(info, error);
      missing.push(info);
    }
    before += size;
  }
  return missing;
}

/** A document rotted, and took the whole ZIP file with it. */
export class BrokenExportError extends SdkError {
  readonly doc: string;

  constructor({ doc, name }: DocumentInfo, cause: unknown) {
    super(
      "export-broken",
      `“${name}” is not what you sealed, or is withheld, and a ZIP file that was begun cannot leave it out.`,
      {
        next: "Export again: this document is left out then, and everything else comes.",
        cause,
      },
    );
    this.doc = doc;
  }
}
