import { writeFileSync } from "node:fs";
import { kilobytesIn, processesBelow, readProcess } from "../stage/memory-watch.ts";

/** Resident memory (bytes) of the largest process of each type of Chromium. */
export type ChromiumMemory = {
  readonly peaks: ReadonlyMap<string, number>;
  /** Above what the process took when the work began. */
  readonly growth: ReadonlyMap<string, number>;
};

export type ChromiumWatch = {
  /** Watches while this work is under way, and adds what it saw. */
  during<T>(work: () => Promise<T>): Promise<T>;
  readonly seen: ChromiumMemory;
};

const everyMs = 250;

/**
 * How it is counted: the kernel's high-water mark of each process (VmHWM) is set back to its present size (5 into clear_refs,
 * proc_pid_clear_refs(5)); what it reaches above that size later is growth. A process that comes later counts from its first sight.
 */
export function watchChromium(pid: number): ChromiumWatch {
  const peaks = new Map<string, number>();
  const growth = new Map<string, number>();
  const look = (base: Map<number, number>): void => {
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
  const during = async <T>(work: () => Promise<T>): Promise<T> => {
    const base = new Map<number, number>();
    look(base);
    const timer = setInterval(() => look(base), everyMs);
    try {
      return await work();
    } finally {
      clearInterval(timer);
      look(base);
    }
  };
  return { during, seen: { peaks, growth } };
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
