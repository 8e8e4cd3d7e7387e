import type { Device } from "./device.ts";
import type { SealItem } from "./seal-item.ts";
import { TransferRate } from "./transfer-rate.ts";

export type SealProgress = {
  readonly index: number;
  readonly count: number;
  readonly name: string;
  /** Of this item that are with the server. */
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly allDoneBytes: number;
  readonly allTotalBytes: number;
  /** Of all items together, lately. */
  readonly bytesPerSecond: number;
  /** For all items together; null while unknown. */
  readonly msLeft: number | null;
};

/** For each item, how it reports: several are under way at once, so the whole is the sum of all. */
export function progressOf(
  device: Device,
  items: readonly SealItem[],
  onProgress: ((progress: SealProgress) => void) | undefined,
): ((doneBytes: number) => void)[] {
  const done = items.map(() => 0);
  const allTotalBytes = items.reduce((sum, item) => sum + item.size, 0);
  const rate = new TransferRate(allTotalBytes, device.now());
  return items.map(({ name, size: totalBytes }, index) => (objectBytes) => {
    // Why at most: leaf list and padding go up too, and nobody waits for a file that is more than done.
    const doneBytes = Math.min(objectBytes, totalBytes);
    done[index] = doneBytes;
    const allDoneBytes = done.reduce((sum, bytes) => sum + bytes, 0);
    const lately = rate.measure(allDoneBytes, device.now());
    const all = { allDoneBytes, allTotalBytes, ...lately };
    onProgress?.({ index, count: items.length, name, doneBytes, totalBytes, ...all });
  });
}
