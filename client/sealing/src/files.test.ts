import { truncateSync } from "node:fs";
import { type FileHandle, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MalformedError } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import { generateIdentity, recipientOf } from "@afterkeep/formats";
import { Decrypter, Encrypter } from "age-encryption";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { SourceSizeError } from "./errors.ts";
import { copyPayload } from "./file-job.ts";
import { openFile, sealFile } from "./files.ts";
import { endWorkers } from "./payload-workers.ts";
import { someBytes } from "./testing/a-sealed-document.ts";

const identity = await generateIdentity("x25519");
const recipients = [await recipientOf(identity)];
let folder = "";
let count = 0;
const fresh = () => join(folder, `${++count}`);

async function aFile(content: Uint8Array): Promise<string> {
  const path = fresh();
  await writeFile(path, content);
  return path;
}

async function aSealedFile(content: Uint8Array): Promise<string> {
  const path = fresh();
  await sealFile(await aFile(content), path, { recipients });
  return path;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "afterkeep-files-"));
});
afterAll(async () => {
  await endWorkers();
  await rm(folder, { recursive: true });
});

describe.each([0, 2])("a file, with %i workers", (workers) => {
  it.each([0, 1, 65_536, 65_537, 2 ** 20, 3 * 2 ** 20 + 17])(
    "of %i bytes becomes one age file that others open, and opens again",
    async (length) => {
      const content = someBytes(length);
      const [sealed, opened] = [fresh(), fresh()];
      const result = await sealFile(await aFile(content), sealed, { recipients, workers });
      const file = await readFile(sealed);
      expect(result).toEqual({ inputBytes: length, outputBytes: file.length });
      const other = new Decrypter();
      other.addIdentity(identity);
      expect(Buffer.compare(await other.decrypt(new Uint8Array(file)), content)).toBe(0);
      expect((await openFile(sealed, opened, { identities: [identity], workers })).outputBytes).toBe(length);
      expect(Buffer.compare(await readFile(opened), content)).toBe(0);
      expect((await stat(opened)).mode & 0o777).toBe(0o600);
    },
  );

  it("that others sealed opens, and tells how far it is", async () => {
    const content = someBytes(2 ** 20 + 5);
    const encrypter = new Encrypter();
    for (const recipient of recipients) encrypter.addRecipient(recipient);
    const file = await encrypter.encrypt(content);
    const opened = fresh();
    let last: readonly number[] = [];
    const onProgress = (...progress: readonly number[]) => void (last = progress);
    await openFile(await aFile(file), opened, { identities: [identity], workers, onProgress });
    expect(Buffer.compare(await readFile(opened), content)).toBe(0);
    expect(last).toEqual([file.length, file.length]);
  });

  it("leaves nothing behind when a byte was changed, cut off or added, or the key is another", async () => {
    const sealed = await readFile(await aSealedFile(someBytes(2 ** 20 + 5)));
    const changed = (at: number) => Buffer.from(sealed.map((byte, i) => (i === at ? byte ^ 1 : byte)));
    const before = await readdir(folder);
    for (const wrong of [
      changed(300),
      changed(sealed.length - 1),
      sealed.subarray(0, -1),
      sealed.subarray(0, sealed.length - 21),
      Buffer.concat([sealed, sealed.subarray(-21)]),
      sealed.subarray(0, 200),
    ]) {
      const path = await aFile(wrong);
      await expect(openFile(path, fresh(), { identities: [identity], workers })).rejects.toThrow(DecryptionError);
      await rm(path);
    }
    const path = await aFile(sealed);
    const other = await generateIdentity("x25519");
    await expect(openFile(path, fresh(), { identities: [other], workers })).rejects.toThrow(DecryptionError);
    await rm(path);
    expect(await readdir(folder)).toEqual(before);
  });

  it("is not sealed when it shrinks or grows meanwhile", async () => {
    for (const size of [2 ** 20, 20 * 2 ** 20]) {
      const path = await aFile(new Uint8Array(16 * 2 ** 20));
      const sealed = fresh();
      // Why at once: on a busy machine all might be sealed before the file has its other size.
      const onProgress = () => truncateSync(path, size);
      await expect(sealFile(path, sealed, { recipients, workers, onProgress })).rejects.toThrow(SourceSizeError);
      await expect(stat(sealed)).rejects.toThrow("ENOENT");
    }
  });

  it("stops when it is told to, and leaves nothing behind", async () => {
    const path = await aFile(new Uint8Array(32 * 2 ** 20));
    const before = await readdir(folder);
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    const sealing = sealFile(path, fresh(), { recipients, workers, signal: controller.signal, onProgress });
    await expect(sealing).rejects.toThrow("aborted");
    expect(await readdir(folder)).toEqual(before);
  });

  it("is never reported as written where writing failed", async () => {
    const path = await aFile(new Uint8Array(3 * 2 ** 20));
    await using from = await open(path, "r");
    await using readOnly = await open(path, "r");
    const [length, key] = [3 * 2 ** 20, someBytes(32)];
    const copy = copyPayload({
      direction: "seal",
      key,
      from: { file: from, offset: 0, length },
      to: { file: readOnly, offset: 0, length },
      workers,
    });
    await expect(copy).rejects.toThrow("EBADF");
  });
});

describe("a file", () => {
  it("is on the disk, under its name, before anybody is told that it is sealed", async () => {
    const [path, output] = [await aFile(someBytes(70_000)), fresh()];
    await using probe = await open(path, "r");
    const handles = Object.getPrototypeOf(probe) as FileHandle;
    const sync = vi.spyOn(handles, "sync");
    const states: unknown[] = [];
    sync.mockImplementation(async function (this: FileHandle) {
      const isFolder = (await this.stat()).isDirectory();
      states.push([isFolder ? "folder" : "file", (await this.stat()).size >= 70_000, (await stat(output)).size > 0]);
    });
    await sealFile(path, output, { recipients, workers: 0 }).finally(() => sync.mockRestore());
    expect(states).toEqual([
      ["file", true, false],
      ["folder", expect.any(Boolean), true],
    ]);
  });

  it("does not take the place of another", async () => {
    const there = await aFile(someBytes(3));
    const path = await aFile(someBytes(10));
    await expect(sealFile(path, there, { recipients })).rejects.toThrow("EEXIST");
    expect((await stat(there)).size).toBe(3);
  });

  it("must be one, and an age file to be opened", async () => {
    await expect(sealFile(folder, fresh(), { recipients })).rejects.toThrow(MalformedError);
    const path = await aFile(someBytes(100));
    await expect(openFile(path, fresh(), { identities: [identity] })).rejects.toThrow(MalformedError);
  });
});
