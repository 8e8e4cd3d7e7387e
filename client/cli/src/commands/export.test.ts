import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Afterkeep, RefusedError } from "@afterkeep/sdk";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import type { CliContext } from "../context.ts";
import type { Answer } from "../run-program.ts";
import { addExportCommand } from "./export.ts";

const forged = new RefusedError("document-forged", "not what its owner signed");

/** What `export` answers for documents of these names, of which those in `rotten` fail while they are read. */
async function exported(folder: string, names: readonly string[], rotten: Readonly<Record<string, Error>>) {
  const afterkeep: Pick<Afterkeep, "listVault" | "exportAge"> = {
    listVault: async () => ({
      documents: names.map((name) => ({ doc: name, name, folder: "" }) as never),
      damaged: ["withheld" as never],
    }),
    exportAge: async (doc) =>
      ({
        stream: new ReadableStream({
          start: (controller) => {
            controller.enqueue(new Uint8Array(3));
            const failure = rotten[doc];
            if (failure === undefined) controller.close();
            else controller.error(failure);
          },
        }),
        fileName: `${doc}.age`,
      }) as never,
  };
  const context = { afterkeep, terminal: { progress: () => undefined } } as unknown as CliContext;
  let answer: Answer | null = null;
  const root = new Command().exitOverride();
  addExportCommand(root, async (_command, work) => void (answer = await work(context)));
  const failure = await root.parseAsync(["export", "--out", folder], { from: "user" }).then(
    () => null,
    (error: unknown) => error,
  );
  return { failure, answer: answer as Answer | null, files: (await readdir(folder)).sort() };
}

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-export-"));
  try {
    await work(join(folder, "out"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("an export of everything", () => {
  it("leaves an earlier one in the same folder, and the key that opens it, as they are", () =>
    withFolder(async (folder) => {
      await exported(folder, ["a"], {});
      const key = await readFile(join(folder, "identity.txt"), "utf8");
      const { failure, files } = await exported(folder, ["a", "b"], {});
      expect(failure).toMatchObject({ code: "usage" });
      expect([files, await readFile(join(folder, "identity.txt"), "utf8")]).toEqual([
        ["a.age", "identity.txt", "index.json"],
        key,
      ]);
    }));

  it("goes on past a document that rotted on the server, names it, and does not end as done", () =>
    withFolder(async (folder) => {
      const { answer, files } = await exported(folder, ["a", "bad", "c"], { bad: forged });
      expect(files).toEqual(["a.age", "c.age", "identity.txt", "index.json"]);
      expect(answer?.json).toMatchObject({ damaged: ["withheld", "bad"] });
      expect(answer?.exitCode).toBe(3);
    }));

  it("that breaks off leaves the identity beside what it wrote", () =>
    withFolder(async (folder) => {
      const { failure, files } = await exported(folder, ["a", "b"], { b: new Error("the disk is full") });
      expect(String(failure)).toContain("the disk is full");
      expect(files).toEqual(["a.age", "identity.txt"]);
    }));
});
