import { execFile } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdir, readFile, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type SavedFile, streamOf } from "@afterkeep/sealing";
import { type BundleSink, type OpenedRelease, saveBundle } from "@afterkeep/sdk";
import type { CliContext } from "../context.ts";
import { exitCodes } from "../failure.ts";
import { writeDurably } from "../private-file.ts";
import { showProgress } from "../progress.ts";
import { saveStream } from "../save-file.ts";
import { type PassphraseOptions, readPassphrase } from "../secret-input.ts";

export type SaveOptions = PassphraseOptions & {
  readonly out: string;
  /** A copy of the recipient's key goes into the folder, under a passphrase. */
  readonly withKey?: boolean;
};

/** Saves a release as a folder that opens without any server. */
export async function saveInto(context: CliContext, opened: OpenedRelease, options: SaveOptions) {
  const { terminal, signal } = context;
  const wantsKey = options.withKey === true || options.passphraseFile !== undefined;
  const passphrase = wantsKey ? { passphrase: await readPassphrase(terminal, options, true) } : {};
  await saveBundle(opened, folderSink(options.out), {
    opener: await readOpenerPage(),
    ...passphrase,
    signal,
    onProgress: (done, total) => showProgress(terminal, options.out, done, total),
  });
  const { b, older, isChainOlder, missing, documents } = opened;
  const page = join(options.out, "open.html");
  const text = [
    ...unsureLines(opened),
    ...(older ? ["This is NOT the newest list that the owner signed."] : []),
    ...(missing.length > 0 ? [`${missing.length} more were left to you that the server does not have whole.`] : []),
    `Saved: ${options.out} (${documents.length} documents). It opens with ${page} in any browser, without internet.`,
    wantsKey
      ? "It opens with the passphrase you chose, your key file, or its 24 words."
      : "It opens with your key file, or its 24 words. Keep that apart from the folder, and safe.",
  ];
  const exitCode = missing.length === 0 ? exitCodes.done : exitCodes.refused;
  return {
    json: { b, folder: options.out, older, isChainOlder, missing, documents: documents.length },
    text: text.join("\n"),
    exitCode,
  };
}

/** What cannot be told of a release over an older chain; none elsewhere. */
export function unsureLines({ isChainOlder }: Pick<OpenedRelease, "isChainOlder">): string[] {
  if (!isChainOlder) return [];
  return [
    "This is genuine, and it is what the owner's keyholder decided to give you. But the server shows less of what the owner signed than this device has seen.",
    "If it was restored from a backup, the owner may have changed this later, and that is gone: ask whoever runs it.",
  ];
}

function folderSink(folder: string): BundleSink {
  return {
    writeFile: async (path, content) => {
      const place = join(folder, path);
      await mkdir(dirname(place), { recursive: true });
      if (content instanceof Uint8Array) await writeDurably(place, content);
      else await saveStream(content, place);
    },
    removeFile: (path) => rm(join(folder, path), { force: true }),
    readFile: (path) => fileAt(join(folder, path)),
  };
}

/** Parts of a file of any size, read when they are asked for. */
async function fileAt(path: string): Promise<SavedFile | null> {
  try {
    const { size } = await stat(path);
    return {
      size,
      slice: (start, end) => ({
        stream: () => streamOf(bytesOf(path, start, end)),
      }),
    };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

async function* bytesOf(path: string, start: number, end: number): AsyncGenerator<Uint8Array, void, undefined> {
  if (start < end) for await (const part of createReadStream(path, { start, end: end - 1 })) yield part as Uint8Array;
}

/** The page is built where it is missing, as the web app is at the first start. */
async function readOpenerPage(): Promise<Uint8Array> {
  const script = join(rootOf(import.meta.dirname), "scripts/opener-page.mjs");
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  return readFile(stdout.trim());
}

/** Why cut off: this program runs from its source and from what was built of it, at different depths. */
function rootOf(folder: string): string {
  return folder.slice(0, folder.lastIndexOf(join("client", "cli")));
}
