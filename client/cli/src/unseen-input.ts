import { InterruptedError } from "./failure.ts";

/** A terminal's input, as much of it as this needs. */
export type Keyboard = {
  setRawMode(isRaw: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
  on(event: "data", read: (data: Buffer) => void): unknown;
  off(event: "data", read: (data: Buffer) => void): unknown;
};

/** What to ask after the lines that were typed so far; null where they are all. */
export type NextQuestion = (typed: string) => string | null;

/** A paste comes in pieces: only when nothing came for so long is it over. */
const quietMs = 300;

/**
 * Reads a line of which nothing is shown, not even its length. With `next` it reads line after line until that answers null or an empty line was
 * entered, and answers them all; what still comes then is dropped. Throws InterruptedError on ctrl-c.
 *
 * Why dropped before raw mode ends: whatever is left of a pasted secret would be shown, run by the shell, and stay in its history.
 */
export function readUnseen(
  keyboard: Keyboard,
  say: (text: string) => void,
  question: string,
  next?: NextQuestion,
): Promise<string> {
  say(question);
  keyboard.setRawMode(true);
  keyboard.resume();
  const lines = new UnseenLines(next);
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const finish = (): void => {
      keyboard.off("data", read);
      keyboard.setRawMode(false);
      keyboard.pause();
      say("\n");
      if (lines.end === "interrupted") reject(new InterruptedError());
      else resolve(next === undefined ? lines.typed : lines.typed.trimEnd());
    };
    const read = (data: Buffer): void => {
      clearTimeout(timer);
      const before = lines.count;
      for (const character of data.toString("utf8")) {
        lines.take(character);
        if (lines.end !== null && next === undefined) return finish();
      }
      if (lines.end !== null) timer = setTimeout(finish, quietMs);
      else if (lines.count > before) say(`\n${next?.(lines.typed) ?? ""}`);
    };
    keyboard.on("data", read);
  });
}

/** What was typed, character by character, and whether that was the end of it. */
class UnseenLines {
  typed = "";
  count = 0;
  end: "whole" | "empty line" | "interrupted" | null = null;
  readonly #next: NextQuestion | undefined;
  #last = "";

  constructor(next: NextQuestion | undefined) {
    this.#next = next;
  }

  take(character: string): void {
    const isSecondHalf = character === "\n" && this.#last === "\r";
    this.#last = character;
    if (this.end === "whole" || this.end === "interrupted" || isSecondHalf) return;
    if (character === "\u0003") this.end = "interrupted";
    else if (character === "\r" || character === "\n") this.#enter();
    else this.#edit(character);
  }

  #enter(): void {
    this.count++;
    if (this.#next === undefined) {
      this.end = "whole";
      return;
    }
    const isEmpty = this.typed === "" || this.typed.endsWith("\n");
    this.typed += "\n";
    if (this.#next(this.typed) === null) this.end = "whole";
    else if (isEmpty) this.end = "empty line";
  }

  #edit(character: string): void {
    // Why: between the rows of a paste there may be empty lines, and then more comes at once.
    this.end = null;
    if (character !== "\u007f" && character !== "\b") this.typed += character;
    else if (!this.typed.endsWith("\n")) this.typed = [...this.typed].slice(0, -1).join("");
  }
}
