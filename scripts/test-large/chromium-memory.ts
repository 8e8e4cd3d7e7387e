import { writeFileSync } from "node:fs";
import { kilobytesIn, processesBelow, readProcess } from "../stage/memory-watch.ts";

/** Resident memory (bytes) of the largest process of each type of Chromium: `renderer`, `browser`, … */
export type ChromiumMemory = {
  readonly peaks: ReadonlyMap<string, number>;
  /** Above what the process took when the work began. */
  readonly growth: ReadonlyMap<string, number>;
};

const everyMs = 250;

/**
 * Watches what Chromium takes while `work` is under way.
 *
 * How it is counted: the kernel's high-water mark of each process (VmHWM) is set back to its present size (5 into clear_refs,
 * proc_pid_clear_refs(5)); what it reaches above that size later is growth. A process that comes later counts from its first sight.
 */
export async function watchChromium<T>(pid: number, work: () => Promise<T>): Promise<[T, ChromiumMemory]> {
  const base = new Map<number, number>();
  const peaks = new Map<string, number>();
  const growth = new Map<string, number>();
  const look = (): void => {
    for (const one of processesBelow(new Set([pid]))) {
      const status = readProcess(one, "status");
      const peak = kilobytesIn(status, "VmHWM");
      const from = base.get(one);
      if (peak === 0) continue;
      if (from === undefined) {
        resetPeak(one);
        base.set(one, kilobytesIn(status, "VmRSS"));
        continue;
      }
      const type = typeOf(readProcess(one, "cmdline"));
      peaks.set(type, Math.max(peaks.get(type) ?? 0, peak * 1024));
      growth.set(type, Math.max(growth.get(type) ?? 0, (peak - from) * 1024));
    }
  };
  look();
  const timer = setInterval(look, everyMs);
  try {
    const result = await work();
    look();
    return [result, { peaks, growth }];
  } finally {
    clearInterval(timer);
  }
}

/** The larger of each. */
export function largest(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): Map<string, number> {
  const all = new Map(one);
  for (const [name, bytes] of other) all.set(name, Math.max(all.get(name) ?? 0, bytes));
  return all;
}

/** `renderer`, `network.mojom.NetworkService`, …; `browser` for the one that is all their parent. */
function typeOf(command: string): string {
  const type = /--type=([a-z-]+)(?:.*--utility-sub-type=([A-Za-z._]+))?/s.exec(command);
  return type === null ? "browser" : (type[2] ?? type[1] ?? "browser");
}

function resetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, "5");
  } catch {
    // It has ended.
  }
}
