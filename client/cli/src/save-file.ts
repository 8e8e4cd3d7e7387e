import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { passBytes } from "./lean-memory.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Writes a stream to a file that appears only when the stream ended well.
 * Why: a document whose stream fails was tampered with or cut; half of it under its real name would be taken for the whole.
 */
export async function saveStream(stream: ReadableStream<Uint8Array>, path: string): Promise<number> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.part`;
  const file = await open(temporary, "wx", 0o600);
  let length = 0;
  try {
    for await (const part of stream) {
      await file.writeFile(part);
      length += part.length;
      passBytes(part.length);
    }
    await file.sync();
    await file.close();
    await rename(temporary, path);
    return length;
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * A place below `folder` for a document of that name.
 * Why so strict: names come from whoever sealed the document; `../../.bashrc` must not leave the folder that was chosen.
 */
export function placeBelow(folder: string, documentFolder: string, name: string): string {
  const parts = [...documentFolder.split("/").filter((part) => part !== ""), name];
  return join(folder, ...parts.map(safePart));
}

function safePart(part: string): string {
  const plain = part.replaceAll(/[\p{Cc}/\\]/gu, "_");
  return plain === "." || plain === ".." || plain === "" ? "_" : shortened(plain);
}

/** Bytes of one name. Why fewer than the 255 of most disks: a number, and the ending while it is being written, must fit too. */
const longestName = 200;

/** Cut before its ending. */
function shortened(name: string): string {
  if (Buffer.byteLength(name) <= longestName) return name;
  const ending = Buffer.byteLength(extname(name)) <= 20 ? extname(name) : "";
  const kept = [...name.slice(0, name.length - ending.length)];
  while (Buffer.byteLength(kept.join("")) + ending.length > longestName) kept.pop();
  return kept.join("") + ending;
}

/**
 * Gives each of several places its own: the second `a.txt` becomes `a (2).txt`. Why capitals do not make another: on disks that do not
 * tell them apart, one document would silently replace the other.
 */
export function distinctPlace(taken: Set<string>, path: string): string {
  const dot = path.lastIndexOf(".");
  const at = dot > path.lastIndexOf("/") + 1 ? dot : path.length;
  for (let n = 1; n < 100_000; n++) {
    const candidate = n === 1 ? path : `${path.slice(0, at)} (${n})${path.slice(at)}`;
    if (taken.has(candidate.toLowerCase())) continue;
    taken.add(candidate.toLowerCase());
    return candidate;
  }
  throw new UsageError(`There are too many documents called ${path}.`);
}
