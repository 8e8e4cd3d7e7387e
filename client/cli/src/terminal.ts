import { createInterface } from "node:readline";
import { InterruptedError } from "./failure.ts";
import { type NextQuestion, readUnseen } from "./unseen-input.ts";
import { visibleText } from "./visible-text.ts";

/** Where the command speaks and listens; tests bring their own. */
export type Terminal = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isInteractive: boolean;
  /** The answer itself: to stdout. */
  print(text: string): void;
  /** Progress, warnings, questions: to stderr, so that stdout stays clean for other programs. */
  note(text: string): void;
  /** Rewrites one line of progress where stderr is a terminal. */
  progress(text: string): void;
  ask(question: string): Promise<string>;
  /** As ask, without showing what is typed; with `next` over several lines. See readUnseen. */
  askSecret(question: string, next?: NextQuestion): Promise<string>;
  readStdin(): Promise<string>;
};

export function processTerminal(): Terminal {
  return {
    env: process.env,
    isInteractive: process.stdin.isTTY,
    print: (text) => void process.stdout.write(`${visibleText(text)}\n`),
    note: (text) => void process.stderr.write(`${visibleText(text)}\n`),
    progress: (text) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${visibleText(text)}`);
    },
    ask: askVisibly,
    askSecret: (question, next) => {
      const say = (text: string): void => void process.stderr.write(visibleText(text));
      return readUnseen(process.stdin, say, question, next);
    },
    readStdin: async () => {
      const parts: Uint8Array[] = [];
      for await (const part of process.stdin) parts.push(part);
      return Buffer.concat(parts).toString("utf8");
    },
  };
}

function askVisibly(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve, reject) => {
    // Ctrl-c, or the end of the input. After an answer it is too late to change anything.
    lines.once("close", () => reject(new InterruptedError()));
    lines.question(visibleText(question), (answer) => {
      resolve(answer.trim());
      lines.close();
    });
  });
}
