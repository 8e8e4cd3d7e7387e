import type { Bytes } from "@afterkeep/bytes";
import { Semaphore } from "./semaphore.ts";

/** Bytes of one part, in memory that is used again once `release` was called. */
export type PartBuffer = { readonly bytes: Bytes; release(): void };

/** How many parts lie in memory at once, of all uploads of a device together: those in flight and one that is being filled. */
const heldAtOnce = 4;

/** Memory for parts: a few buffers that go round, whatever the size of what is sealed. */
export class PartBuffers {
  readonly #length: number;
  readonly #places = new Semaphore(heldAtOnce);
  readonly #idle: Bytes[] = [];
  #held = 0;

  /** @param length bytes of the longest part */
  constructor(length: number) {
    this.#length = length;
  }

  /** Waits until there is room for a part of `length` bytes; its content is whatever was there before. */
  async take(length: number, signal: AbortSignal): Promise<PartBuffer> {
    const leave = await this.#places.enter(signal);
    this.#held++;
    // Why small ones are made anew: a thousand notes need no eight megabytes each.
    const buffer =
      length * 8 <= this.#length ? new Uint8Array(length) : (this.#idle.pop() ?? new Uint8Array(this.#length));
    const release = (): void => {
      if (buffer.length === this.#length) this.#idle.push(buffer);
      if (--this.#held === 0) this.#idle.length = 0;
      leave();
    };
    return { bytes: buffer.subarray(0, length), release: once(release) };
  }
}

function once(run: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) run();
    isDone = true;
  };
}
