import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readKitWords } from "./secret-input.ts";
import type { Terminal } from "./terminal.ts";

const refuse = () => Promise.reject(new Error("asked where what is typed can be seen"));

/** @param typed what is typed unseen; null where there is no terminal */
function aTerminal(typed: string | null): Terminal {
  return {
    env: {},
    isInteractive: typed !== null,
    print: () => expect.fail("something was said"),
    note: () => expect.fail("something was said"),
    progress: () => expect.fail("something was said"),
    ask: refuse,
    askSecret: () => (typed === null ? refuse() : Promise.resolve(typed)),
    readStdin: refuse,
  };
}

describe("the words of a recovery kit", () => {
  it("are asked for without showing them, and said nowhere", async () => {
    expect(await readKitWords(aTerminal("abandon ability able"), {})).toBe("abandon ability able");
  });

  it("can come from a file, the whole page too", async () => {
    const folder = await mkdtemp(join(tmpdir(), "afterkeep-kit-"));
    try {
      const kitFile = join(folder, "kit.txt");
      await writeFile(kitFile, "Words:\n 1 abandon\nCheck: 1\n");
      expect(await readKitWords(aTerminal(null), { kitFile })).toBe("Words:\n 1 abandon\nCheck: 1\n");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("are asked of nobody where there is no terminal", async () => {
    await expect(readKitWords(aTerminal(null), {})).rejects.toThrow("Use --kit-file");
  });
});
