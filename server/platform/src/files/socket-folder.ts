import { createHash } from "node:crypto";
import { lstat, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DependencyError } from "../errors/errors.ts";
import { makePrivateFolder } from "./private-files.ts";

// Source: sockaddr_un.sun_path is 108 bytes with its closing zero (unix(7)).
const longestSocketPath = 107;

/**
 * A private folder (0700) for unix sockets: `preferred`, or a short one under /tmp, always the same for the same `preferred`,
 * when the path of `longestName` in it would not fit a socket address.
 */
export async function makeSocketFolder(preferred: string, longestName: string): Promise<string> {
  if (Buffer.byteLength(join(preferred, longestName)) <= longestSocketPath) {
    await makePrivateFolder(preferred);
    return preferred;
  }
  const name = `afterkeep-${createHash("sha256").update(preferred).digest("hex").slice(0, 16)}`;
  const short = join(tmpdir().length > 40 ? "/tmp" : tmpdir(), name);
  await mkdir(short, { mode: 0o700 }).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  });
  await refuseForeignFolder(short);
  return short;
}

// Why: the name is guessable, so another user of the machine may have made it first, to listen in our place.
async function refuseForeignFolder(path: string): Promise<void> {
  const found = await lstat(path);
  if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0) return;
  throw new DependencyError("socket-folder-taken", `The folder ${path} belongs to somebody else.`, {
    next: "Remove it, or choose a data folder with a shorter path.",
  });
}
