/** Bytes of a large room, and of a small one. */
const [large, small] = [2 ** 20, 2 ** 16];
/** Large rooms at once: 16 MiB for the whole server, however many send, and however slowly. */
const mostLarge = 16;

export type GatheringRoom = { readonly bytes: Uint8Array<ArrayBuffer>; leave(): void };

/**
 * Memory in which what arrives is gathered before it is written. Why: handing a write to another thread costs more than writing what one
 * packet brings. Why few large ones: whoever sends slowly holds what it was given for long.
 */
export class GatheringRooms {
  #free = mostLarge;

  /** Never waits. @param length the most that will be gathered, bytes */
  take(length: number): GatheringRoom {
    if (length <= small || this.#free === 0)
      return { bytes: new Uint8Array(Math.min(length, small)), leave: () => undefined };
    this.#free--;
    return { bytes: new Uint8Array(Math.min(length, large)), leave: () => void this.#free++ };
  }
}
