import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Resident bytes from which on looking for spent buffers is worth its time. */
const muchMemory = 130_000_000;
/** Between two looks. */
const everyBytes = 8 * 2 ** 20;

let passed = 0;

/**
 * To be told of every run of bytes that passed through this process.
 * Why: buffers that the network or the disk is done with lie outside of V8's heap, so V8 sees little reason to collect them, and a transfer
 * of gigabytes would keep a hundred megabytes of them. tests/e2e/documents.test.ts holds the process to 200 MB.
 */
export function passBytes(count: number): void {
  passed += count;
  if (passed < everyBytes) return;
  passed = 0;
  if (process.memoryUsage.rss() > muchMemory) collect();
}

let collector: (() => void) | null = null;

function collect(): void {
  collector ??= makeCollector();
  collector();
}

function makeCollector(): () => void {
  setFlagsFromString("--expose-gc");
  const gc: unknown = runInNewContext("typeof gc === 'function' ? gc : null");
  return typeof gc === "function" ? () => void Reflect.apply(gc, undefined, []) : () => undefined;
}
