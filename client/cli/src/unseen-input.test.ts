import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { InterruptedError } from "./failure.ts";
import { type NextQuestion, readUnseen } from "./unseen-input.ts";

/** A keyboard of which a shell gets whatever comes while nobody reads it unseen. */
function aKeyboard() {
  const shell: string[] = [];
  const said: string[] = [];
  let isRaw = false;
  let reader: ((data: Buffer) => void) | null = null;
  const keyboard = {
    setRawMode: (raw: boolean) => void (isRaw = raw),
    resume: () => undefined,
    pause: () => undefined,
    on: (_event: "data", read: (data: Buffer) => void) => void (reader = read),
    off: () => void (reader = null),
  };
  const type = (text: string): void => {
    if (isRaw && reader !== null) reader(Buffer.from(text));
    else shell.push(text);
  };
  const ask = (next?: NextQuestion) => readUnseen(keyboard, (text) => void said.push(text), "? ", next);
  return { ask, type, shell, said };
}

/** Of rows of two letters, until there are six letters. */
const sixLetters: NextQuestion = (typed) => {
  const { length } = typed.match(/[a-z]/g) ?? [];
  return length >= 6 ? null : `${length} so far: `;
};

describe("a secret of several rows", () => {
  it("is read to its last row though each comes by itself, and nothing of it is shown or reaches the shell", async () => {
    const { ask, type, shell, said } = aKeyboard();
    const typed = ask(sixLetters);
    for (const row of ["a b\n", "c d\r", "e f\r\n", "Check: 1\n", "and more of the page\n"]) {
      type(row);
      await wait(50);
    }
    expect((await typed).split(/\s+/)).toEqual(["a", "b", "c", "d", "e", "f"]);
    expect(shell).toEqual([]);
    expect(said).toEqual(["? ", "\n2 so far: ", "\n4 so far: ", "\n"]);
  });

  it("may come at once, with empty lines between its rows", async () => {
    const { ask, type, shell } = aKeyboard();
    const typed = ask(sixLetters);
    type("\na b\n\nc d\n");
    type("\n\ne f\n\nmore\n");
    expect((await typed).split(/\s+/).filter((part) => part !== "")).toEqual(["a", "b", "c", "d", "e", "f"]);
    expect(shell).toEqual([]);
  });

  it("goes on after a pause, where a row ended in two characters and where an empty line stood in a paste", async () => {
    const { ask, type } = aKeyboard();
    const typed = ask(sixLetters);
    type("a b\r\n");
    await wait(400);
    type("c d\n\n");
    await wait(50);
    type("e\n");
    await wait(400);
    type("f\n");
    expect((await typed).split(/\s+/)).toEqual(["a", "b", "c", "d", "e", "f"]);
  });

  it("ends at an empty line after which nothing comes", async () => {
    const { ask, type } = aKeyboard();
    const typed = ask(sixLetters);
    type("a b\n");
    type("\n");
    expect(await typed).toBe("a b");
  });

  it("ends at ctrl-c, and what was still coming is dropped", async () => {
    const { ask, type, shell } = aKeyboard();
    const refusal = expect(ask(sixLetters)).rejects.toThrow(InterruptedError);
    for (const row of ["a b\n", "\u0003", "c d\n", "e f\n"]) {
      type(row);
      await wait(50);
    }
    await refusal;
    expect(shell).toEqual([]);
  });

  it("can be mended within a row", async () => {
    const { ask, type } = aKeyboard();
    const typed = ask(sixLetters);
    type("a b\n");
    type("\u007fx\bc d e f\n");
    expect((await typed).split(/\s+/)).toEqual(["a", "b", "c", "d", "e", "f"]);
  });
});

describe("a secret of one line", () => {
  it("ends with the line", async () => {
    const { ask, type, said } = aKeyboard();
    const typed = ask();
    type("abd\u007fc\n");
    expect([await typed, said]).toEqual(["abc", ["? ", "\n"]]);
  });
});
