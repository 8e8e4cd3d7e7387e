import { type Afterkeep, RefusedError } from "@afterkeep/sdk";
import { describe, expect, it } from "vitest";
import { BrokenExportError, exportVault } from "./export-vault.ts";

const forged = new RefusedError("document-forged", "not what its owner signed");
const options = { kind: "x25519" as const, signal: new AbortController().signal, onProgress: () => undefined };

type Choices = { readonly isZip?: boolean; readonly leaveOut?: ReadonlySet<string> };

/** An export of documents of these names, of which those in `rotten` fail while they are read. */
async function exported(
  names: readonly string[],
  rotten: Readonly<Record<string, Error>>,
  { isZip = false, leaveOut = new Set() }: Choices = {},
) {
  let isBroken = false;
  const files: string[] = [];
  const versions: (string | undefined)[] = [];
  const exportAge: Afterkeep["exportAge"] = async (doc, { ver }) => {
    versions.push(ver);
    const failure = rotten[doc];
    const start = (controller: ReadableStreamDefaultController<Uint8Array>): void =>
      failure === undefined ? controller.close() : controller.error(failure);
    return { stream: new ReadableStream({ start }), fileName: `${doc}.age`, length: 0, identity: "" as never };
  };
  const sink = {
    writeFile: async (path: string, content: Uint8Array | ReadableStream<Uint8Array>) => {
      if (isBroken) throw new Error("written into a broken ZIP");
      if (content instanceof ReadableStream)
        await content.pipeTo(new WritableStream()).catch((error: unknown) => {
          isBroken = isZip;
          throw error;
        });
      files.push(path);
    },
  };
  const documents = names.map((name) => ({ doc: name, ver: `${name}1`, name, folder: "", size: 0 }) as never);
  const place = { sink, isBroken: () => isBroken };
  const ended = await exportVault({ exportAge }, place, documents, { ...options, leaveOut }).then(
    (missing) => missing.map(({ name }) => name),
    (error: unknown) => (error instanceof BrokenExportError ? { broken: error.doc } : String(error)),
  );
  return { files, ended, versions };
}

describe("an export of everything", () => {
  it("goes on past a document that rotted on the server, and names it", async () => {
    const { files, ended, versions } = await exported(["a", "bad", "c"], { bad: forged });
    expect(files).toEqual(["identity.txt", "READ-ME.txt", "a.age", "c.age"]);
    expect([ended, versions]).toEqual([["bad"], ["a1", "bad1", "c1"]]);
  });

  it("that breaks off leaves the identity beside what it wrote", async () => {
    const { files, ended } = await exported(["a", "b"], { b: new Error("the disk is full") });
    expect(files).toEqual(["identity.txt", "READ-ME.txt", "a.age"]);
    expect(ended).toContain("the disk is full");
  });

  it("into a ZIP, which cannot take anything back, ends at one that rotted, and the next time goes without it", async () => {
    const rotten = { bad: forged };
    expect((await exported(["a", "bad", "c"], rotten, { isZip: true })).ended).toEqual({ broken: "bad" });
    const again = await exported(["a", "bad", "c"], rotten, { isZip: true, leaveOut: new Set(["bad"]) });
    expect([again.files, again.ended]).toEqual([["identity.txt", "READ-ME.txt", "a.age", "c.age"], ["bad"]]);
  });
});
