import { type BundleSink, SdkError } from "@afterkeep/sdk";
import { readParts } from "@afterkeep/sealing";
import { makeZip } from "client-zip";

/** The files' own times are nobody's business. */
const noTime = new Date(1980, 0, 1);
/** A ZIP counts its files with 16 bits, and client-zip writes the larger field only where a size needs it. */
const mostFiles = 0xfffe;

type Entry = { readonly name: string; readonly input: AsyncIterable<Uint8Array>; readonly lastModified: Date };
type Next = IteratorResult<Entry, undefined>;
/** A file that somebody waits to see in the ZIP. */
type Writing = { readonly entry: Entry; done(): void; fail(error: unknown): void };

/**
 * One ZIP file in place of a folder, for browsers that cannot write into one, as a stream: it holds no more than a piece. Nothing is
 * compressed: ciphertext does not shrink. What was begun cannot be taken back, so a file that fails makes the whole stream fail.
 */
export class ZipSink implements BundleSink {
  /** To be read while files are written: each write waits for its reader. */
  readonly stream: ReadableStream<Uint8Array>;
  readonly #most: number;
  #count = 0;
  #isEnded = false;
  #failure: { readonly error: unknown } | null = null;
  #current: Writing | null = null;
  #waiting: Writing | null = null;
  #ask: { resolve(next: Next): void; reject(error: unknown): void } | null = null;

  constructor(most: number = mostFiles) {
    this.#most = most;
    const entries = {
      next: () => this.#next(),
      // client-zip calls it when whoever reads the stream gives it up.
      throw: (error: unknown) => {
        this.fail(error);
        return Promise.resolve({ done: true as const, value: undefined });
      },
      [Symbol.asyncIterator]: () => entries,
    };
    this.stream = makeZip(entries);
  }

  /** Whether a file failed, or the whole was given up: nothing can be written any more. */
  get isBroken(): boolean {
    return this.#failure !== null;
  }

  /** One after the other. Resolves when the stream's reader took the last byte. */
  async writeFile(path: string, content: Uint8Array | ReadableStream<Uint8Array>): Promise<void> {
    if (this.#failure !== null) throw this.#failure.error;
    if (this.#count >= this.#most) throw tooMany();
    this.#count += 1;
    await new Promise<void>((resolve, reject) => {
      const entry = { name: path, input: this.#passing(content), lastModified: noTime };
      this.#waiting = { entry, done: resolve, fail: reject };
      this.#move();
    });
  }

  removeFile(): Promise<void> {
    return Promise.resolve();
  }

  /** A ZIP file is always a new one. */
  readFile(): Promise<null> {
    return Promise.resolve(null);
  }

  /** No file comes any more. The stream ends with the list of all. */
  end(): void {
    this.#isEnded = true;
    this.#move();
  }

  /** Makes the stream fail, so that nothing of it looks whole. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    for (const writing of [this.#current, this.#waiting]) writing?.fail(error);
    this.#current = null;
    this.#waiting = null;
    this.#move();
  }

  /** Asked for only when the file before is in the stream, to its last byte. */
  #next(): Promise<Next> {
    this.#current?.done();
    this.#current = null;
    return new Promise((resolve, reject) => {
      this.#ask = { resolve, reject };
      this.#move();
    });
  }

  #move(): void {
    const ask = this.#ask;
    if (ask === null || (this.#failure === null && this.#waiting === null && !this.#isEnded)) return;
    this.#ask = null;
    if (this.#failure !== null) return ask.reject(this.#failure.error);
    this.#current = this.#waiting;
    this.#waiting = null;
    ask.resolve(
      this.#current === null ? { done: true, value: undefined } : { done: false, value: this.#current.entry },
    );
  }

  async *#passing(content: Uint8Array | ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    if (content instanceof Uint8Array) return yield content;
    try {
      for await (const part of readParts(content)) {
        if (this.#failure !== null) throw this.#failure.error;
        yield part;
      }
    } catch (error) {
      this.fail(error);
      throw error;
    }
  }
}

function tooMany(): SdkError {
  return new SdkError("too-many-files", "These are more files than one ZIP file can hold.", {
    next: "Use Chrome or Edge on a computer, which write into a folder, or the command line.",
  });
}
