import { equalBytes } from "@afterkeep/bytes";
import { readParts } from "@afterkeep/sealing";
import { describe, expect, it } from "vitest";
import { readFile } from "./read-file.ts";

const content = new Uint8Array(3_000_001).map((_, i) => (i * 7) >> 3);

/** A file whose stream is another one than the platform's. */
class StreamingFile extends Blob {
  readonly #stream: ReadableStream<Uint8Array<ArrayBuffer>>;

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    super([]);
    this.#stream = stream;
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#stream;
  }
}

/** Copies each part while it is valid. */
async function readAll(file: Blob): Promise<Uint8Array> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const part of readParts(readFile(file))) parts.push(part.slice());
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

describe("a file that is read", () => {
  it("gives its bytes, and holds no part of them behind the reader's back", async () => {
    expect(equalBytes(await readAll(new Blob([content])), content)).toBe(true);
    expect(await readAll(new Blob([]))).toEqual(new Uint8Array(0));

    const seen: Uint8Array[] = [];
    for await (const part of readParts(readFile(new Blob([content])))) seen.push(part);
    expect(seen.length).toBeGreaterThan(2);
    expect(seen.slice(0, -1).map(({ length }) => length)).toEqual(seen.slice(1).map(() => 0));
  });

  it("gives the same where the platform cannot fill memory that it is given", async () => {
    const parts = [content.slice(0, 70_000), content.slice(70_000)];
    const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        const part = parts.shift();
        if (part === undefined) controller.close();
        else controller.enqueue(part);
      },
    });
    expect(equalBytes(await readAll(new StreamingFile(stream)), content)).toBe(true);
  });

  it("is let go of when nobody wants the rest", async () => {
    let isCancelled = false;
    const stream = new ReadableStream({
      type: "bytes",
      pull: (controller) => controller.enqueue(new Uint8Array(100)),
      cancel: () => void (isCancelled = true),
    });
    for await (const part of readParts(readFile(new StreamingFile(stream)))) if (part.length > 0) break;
    expect(isCancelled).toBe(true);
  });
});
