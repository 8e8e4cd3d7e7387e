// Runs in the browser: reads the chosen file again and again while garbage is collected, as it may be at any moment.
import { itemFromFile } from "@afterkeep/sdk";

/** How the reads of the chosen file's first part ended, up to the first that did not: one that is not over after `patienceMs` never will be. */
async function readWhileCollecting(times: number, patienceMs: number): Promise<string[]> {
  const { files } = document.querySelector("input") ?? { files: null };
  const [file] = files ?? [];
  if (file === undefined) throw new Error("no file was chosen");
  const ends: string[] = [];
  for (let turn = 0; turn < times; turn++) {
    const read = readOnce(file).then(
      (length) => (length > 0 ? "read" : "empty"),
      (error: unknown) => String(error),
    );
    collect();
    ends.push(await Promise.race([read, wait(patienceMs).then(() => "never ended")]));
    if (ends.at(-1) === "never ended") break;
  }
  return ends;
}

async function readOnce(file: File): Promise<number> {
  const source = itemFromFile(file).open();
  if ("getReader" in source) throw new Error("this browser reads files otherwise");
  for await (const part of source) return part.length;
  return 0;
}

/** At once, and when the read is under way. */
function collect(): void {
  const gc: unknown = Reflect.get(globalThis, "gc");
  if (typeof gc !== "function") throw new Error("this browser lets nobody collect");
  gc();
  queueMicrotask(() => gc());
  setTimeout(() => gc(), 0);
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}

const input = document.createElement("input");
input.type = "file";
document.body.append(input);
Reflect.set(globalThis, "readWhileCollecting", readWhileCollecting);
