import { open, realpath } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { equalBytes } from "@afterkeep/bytes";
import { InputError } from "../errors/errors.ts";

/** A file of the operator's whose secret seals the key files of one zone. */
export type SealFile = {
  /** The setting that names it, for the words of a refusal. */
  setting: string;
  path: string;
};

const shortestSecret = 32;
const longestSecret = 4096;
const howToMake =
  "Make one outside the data folder: (umask 077; head -c 32 /dev/urandom > seal), and keep a copy offline.";

/**
 * The secret of a seal file: its bytes, or the text of its only line without the line's end. Throws InputError `seal-file-unfit`
 * unless it is a file outside `dataDir`, closed to others than its owner, of 32…4096 bytes. The secret must be random: it is
 * derived from, not stretched.
 */
export async function readSealFile(file: SealFile, dataDir: string): Promise<Uint8Array> {
  const handle = await open(await placeOutside(file, dataDir), "r").catch(() => {
    throw unfit(file, "cannot be read");
  });
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw unfit(file, "is no file");
    if ((found.mode & 0o077) !== 0) throw unfit(file, "is open to others than its owner (it needs mode 0600 or 0400)");
    if (found.size > longestSecret) throw unfit(file, `holds more than ${longestSecret} bytes`);
    const secret = withoutLineEnd(await handle.readFile());
    if (secret.length < shortestSecret) throw unfit(file, `holds less than ${shortestSecret} bytes`);
    return secret;
  } finally {
    await handle.close();
  }
}

/** Checks seal files as readSealFile does, and that no two are the same or hold the same secret. Keeps nothing of them. */
export async function checkSealFiles(files: readonly SealFile[], dataDir: string): Promise<void> {
  const seen: { setting: string; secret: Uint8Array }[] = [];
  for (const file of files) {
    const secret = await readSealFile(file, dataDir);
    const other = seen.find((one) => equalBytes(one.secret, secret));
    // Why: whoever gets one zone's secret would have the other's keys as well.
    if (other !== undefined) throw unfit(file, `holds the same secret as the file of ${other.setting}`);
    seen.push({ setting: file.setting, secret });
  }
}

// Why: a copy of the data folder must not carry the secret that its keys are sealed with.
async function placeOutside(file: SealFile, dataDir: string): Promise<string> {
  const real = await realpath(file.path).catch(() => {
    throw unfit(file, "is not there");
  });
  const folders = [resolve(dataDir), await realpath(dataDir)];
  if ([resolve(file.path), real].some((path) => folders.some((folder) => isInside(path, folder))))
    throw unfit(file, "is inside the data folder");
  return real;
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

// Why only of text: an editor adds a line's end or drops it, but in random bytes the same value is part of the secret.
function withoutLineEnd(bytes: Buffer): Uint8Array {
  const text = /^([\x20-\x7e]*)\r?\n?$/.exec(bytes.toString("latin1"))?.[1];
  return Uint8Array.from(text === undefined ? bytes : Buffer.from(text, "latin1"));
}

function unfit(file: SealFile, fault: string): InputError {
  return new InputError("seal-file-unfit", `The file that ${file.setting} names ${fault}.`, { next: howToMake });
}
