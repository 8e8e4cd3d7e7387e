import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readKitWords } from "./secret-input.ts";
import type { Terminal } from "./terminal.ts";

const refuse = () => Promise.reject(new Error("asked where what is typed can be seen"));

const words = Array.from({ length: 24 }, (_, i) => `word${"abcdefghijklmnopqrstuvwx".charAt(i)}`);
/** As the page has them: numbered, four in a row. */
const rows = [0, 4, 8, 12, 16, 20].map((from) =>
  words
    .slice(from, from + 4)
    .map((word, i) => ` ${from + i + 1} ${word}`)
    .join(""),
);

/** @param typed what is typed unseen, row by row; null where there is no terminal */
function aTerminal(typed: readonly string[] | null): Terminal {
  return {
    env: {},
    isInteractive: typed !== null,
    print: () => expect.fail("something was said"),
    note: () => expect.fail("something was said"),
    progress: () => expect.fail("something was said"),
    ask: refuse,
    askSecret: (_question, next) => {
      const last = typed?.findIndex((_row, i) => next?.(typed.slice(0, i + 1).join("\n")) === null) ?? -1;
      return typed === null ? refuse() : Promise.resolve(typed.slice(0, last < 0 ? undefined : last + 1).join("\n"));
    },
    readStdin: refuse,
  };
}

describe("the words of a recovery kit", () => {
  it("are asked for without showing them, and said nowhere", async () => {
    expect(await readKitWords(aTerminal([words.join(" ")]), {})).toBe(words.join(" "));
  });

  it("are asked for until all rows are there, and for no more", async () => {
    expect(await readKitWords(aTerminal(rows), {})).toBe(words.join(" "));
    expect(await readKitWords(aTerminal(["Words:", ...rows, "Check: ab123-45678"]), {})).toBe(words.join(" "));
    expect(await readKitWords(aTerminal([...rows, "rm everything"]), {})).toBe(words.join(" "));
  });

  it("are too few where somebody stopped, and none of them is said", async () => {
    const stopped = readKitWords(aTerminal(rows.slice(0, 2)), {});
    await expect(stopped).rejects.toThrow("A recovery kit has 24 words, and 8 were typed. Nothing was armed.");
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
