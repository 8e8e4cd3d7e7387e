import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { generateIdentity, recipientOf } from "@afterkeep/formats";
import { describe, expect, it } from "vitest";
import { buildFileProgram } from "../file-program.ts";
import type { Terminal } from "../terminal.ts";

type Scene = {
  run: (...args: string[]) => Promise<[number, { error?: { code: string } }]>;
  at: (name: string) => string;
};

async function withFolder(work: (scene: Scene) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-file-"));
  const at = (name: string): string => join(folder, name);
  const run = async (...args: string[]): Promise<[number, { error?: { code: string } }]> => {
    let out = "{}";
    const nobody = () => Promise.reject(new Error("asked"));
    const speak = { print: (text: string) => void (out = text), note: () => undefined, progress: () => undefined };
    const terminal: Terminal = {
      ...speak,
      env: {},
      isInteractive: false,
      ask: nobody,
      askSecret: nobody,
      readStdin: nobody,
    };
    const exitCode = await buildFileProgram(terminal).run(["--json", "file", ...args]);
    return [exitCode, JSON.parse(out.startsWith("{") ? out : "{}") as { error?: { code: string } }];
  };
  try {
    await work({ run, at });
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("afterkeep file", () => {
  it.each(["x25519", "hybrid"] as const)(
    "seals to a %s key and opens with an identity file as age writes them",
    (kind) =>
      withFolder(async ({ run, at }) => {
        const identity = await generateIdentity(kind);
        const content = randomBytes(200_001);
        await writeFile(at("in"), content);
        await writeFile(at("key"), `# created: today\n# public key: …\n\n${identity}\n`);
        const workers = ["--workers", "2"];
        expect(
          (await run("seal", at("in"), "--to", await recipientOf(identity), "--out", at("sealed"), ...workers))[0],
        ).toBe(0);
        expect((await run("open", at("sealed"), "--identity", at("key"), "--out", at("out"), ...workers))[0]).toBe(0);
        expect((await readFile(at("out"))).equals(content)).toBe(true);
        expect((await stat(at("out"))).mode & 0o777).toBe(0o600);
      }),
  );

  it("writes what age opens, and opens what age wrote", () =>
    withFolder(async ({ run, at }) => {
      const identity = await generateIdentity("x25519");
      const recipient = await recipientOf(identity);
      await writeFile(at("in"), "The blue key.\n");
      await writeFile(at("key"), `${identity}\n`);
      await run("seal", at("in"), "--to", recipient, "--out", at("ours"));
      const { stdout } = await promisify(execFile)("age", ["-d", "-i", at("key"), at("ours")]);
      await promisify(execFile)("age", ["-r", recipient, "-o", at("theirs"), at("in")]);
      await run("open", at("theirs"), "--identity", at("key"), "--out", at("out"));
      expect([stdout, await readFile(at("out"), "utf8")]).toEqual(["The blue key.\n", "The blue key.\n"]);
    }));

  it("refuses with 3 what is another's, changed, cut short or no age file, and leaves nothing behind", () =>
    withFolder(async ({ run, at }) => {
      const identity = await generateIdentity("x25519");
      await writeFile(at("in"), randomBytes(100_000));
      await writeFile(at("key"), identity);
      await writeFile(at("other"), await generateIdentity("x25519"));
      await run("seal", at("in"), "--to", await recipientOf(identity), "--out", at("sealed"));
      const sealed = await readFile(at("sealed"));
      const open = async (bytes: Uint8Array, key: string) => {
        await writeFile(at("given"), bytes);
        const [exitCode, { error }] = await run("open", at("given"), "--identity", at(key), "--out", at("out"));
        return [exitCode, error?.code];
      };
      const bent = Buffer.from(sealed);
      bent[50_000] = (bent[50_000] ?? 0) ^ 1;
      expect(await open(sealed, "other")).toEqual([3, "not-opened"]);
      expect(await open(bent, "key")).toEqual([3, "not-opened"]);
      expect(await open(sealed.subarray(0, -1), "key")).toEqual([3, "not-opened"]);
      expect(await open(randomBytes(500), "key")).toEqual([3, "not-age"]);
      expect((await readdir(at(""))).sort()).toEqual(["given", "in", "key", "other", "sealed"]);
    }));

  it("ends with 2 when it was called wrongly: unreadable keys, mixed kinds, an output that exists", () =>
    withFolder(async ({ run, at }) => {
      const [plain, hybrid] = [await generateIdentity("x25519"), await generateIdentity("hybrid")];
      const [one, two] = [await recipientOf(plain), await recipientOf(hybrid)];
      await writeFile(at("in"), "x");
      await writeFile(at("there"), "mine");
      await writeFile(at("words"), "not a key\n");
      for (const args of [
        ["seal", at("in"), "--to", "age1nobody", "--out", at("a")],
        ["seal", at("in"), "--to", one, two, "--out", at("b")],
        ["seal", at("in"), "--to", one, "--out", at("there")],
        ["seal", at("nowhere"), "--to", one, "--out", at("c")],
        ["seal", at("in"), "--to", one, "--out", at("d"), "--workers", "many"],
        ["open", at("in"), "--identity", at("words"), "--out", at("e")],
      ])
        expect([args, (await run(...args))[0]]).toEqual([args, 2]);
      expect(await readFile(at("there"), "utf8")).toBe("mine");
      expect((await readdir(at(""))).sort()).toEqual(["in", "there", "words"]);
    }));
});
