import type { Bytes } from "@afterkeep/bytes";
import { Semaphore } from "./semaphore.ts";

/** Bytes of one part, in memory that is used again once `release` was called. */
export type PartBuffer = { readonly bytes: Bytes; release(): void };

/** How many parts are on their way at once, of all uploads of a device together. */
export const sentAtOnce = 3;
/**
 * How many lie in memory. Why one more: the next is sealed meanwhile; else the device and the server would wait for each other in turns.
 */
const heldAtOnce = sentAtOnce + 1;

/** Memory for parts: a few buffers that go round, whatever the size of what is sealed. */
export class PartBuffers {
  readonly #length: number;
  readonly #places = new Semaphore(heldAtOnce);
  readonly #idle: Bytes[] = [];
  #users = 0;

  /** @param length bytes of the longest part */
  constructor(length: number) {
    this.#length = length;
  }

  /** Waits until there is room for a part of `length` bytes; its content is whatever was there before. */
  async take(length: number, signal: AbortSignal): Promise<PartBuffer> {
    this.#users++;
    const leave = await this.#enter(signal);
    const isSmall = length * 8 <= this.#length;
    // Why small ones are made anew: a thousand notes need no eight megabytes each.
    const buffer = isSmall ? new Uint8Array(length) : (this.#idle.pop() ?? new Uint8Array(this.#length));
    const release = (): void => {
      if (!isSmall) this.#idle.push(buffer);
      this.#forget();
      leave();
    };
    return { bytes: buffer.subarray(0, length), release: once(release) };
  }

  async #enter(signal: AbortSignal): Promise<() => void> {
    try {
      return await this.#places.enter(signal);
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  /** Lets the memory go when nobody has or waits for any of it. */
  #forget(): void {
    if (--this.#users === 0) this.#idle.length = 0;
  }
}

function once(run: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) run();
    isDone = true;
  };
}
