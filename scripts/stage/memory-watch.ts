import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

/** Peak resident memory of processes, bytes, by what they are; of several of one name, the largest. */
export type Peaks = ReadonlyMap<string, number>;

export type MemoryWatch = {
  /** Watches every process below this one (and itself) from now on. */
  follow(pid: number): void;
  peaks(): Peaks;
  stop(): Promise<Peaks>;
};

const everyMs = 100;

/**
 * Reads VmHWM (the kernel's own high-water mark of resident memory, proc_pid_status(5)) of whole process trees again and again.
 * Why again and again: processes come and go; what a process allocated between two looks is in its mark all the same, and only its
 * last moments before it ends can be missed.
 */
export function watchMemory(...pids: readonly number[]): MemoryWatch {
  const roots = new Set(pids);
  const marks = new Map<string, number>();
  let isOver = false;
  const life = (async () => {
    while (!isOver) {
      look(roots, marks);
      await wait(everyMs);
    }
  })();
  return {
    follow: (pid) => void roots.add(pid),
    peaks: () => new Map(marks),
    stop: async () => {
      look(roots, marks);
      isOver = true;
      await life;
      return new Map(marks);
    },
  };
}

/**
 * The processes below these, themselves included, while they run.
 *
 * Why without promises: the kernel answers from memory in microseconds, and ten looks a second through Node's threads took 15 % of a core.
 */
export function processesBelow(roots: ReadonlySet<number>): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readProcess(Number(name), "stat");
    const parent = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const isBelow = (pid: number): boolean => roots.has(pid) || (parents.has(pid) && isBelow(parents.get(pid) ?? 0));
  return [...parents.keys()].filter(isBelow);
}

/** What a process is, for people: `api`, `postgres`, `cli`. */
export function processName(commandLine: readonly string[]): string {
  const [program = ""] = commandLine;
  if (/postgres/.test(program)) return "postgres";
  for (const part of commandLine.slice(1)) {
    const zone = /\bserver\/([a-z]+)\/src\/main\.ts$/.exec(part)?.[1];
    if (zone !== undefined) return zone;
    if (/\bclient\/cli\/(src\/main\.ts|dist\/afterkeep\.mjs)$/.test(part)) return "cli";
    if (part.endsWith(".mjs")) return part.split("/").at(-1) ?? part;
  }
  return program.split("/").at(-1) ?? program;
}

function look(roots: ReadonlySet<number>, marks: Map<string, number>): void {
  for (const pid of processesBelow(roots)) {
    const peak = kilobytesIn(readProcess(pid, "status"), "VmHWM");
    const command = readProcess(pid, "cmdline");
    if (peak === 0 || command === "") continue;
    const name = processName(command.split("\0"));
    marks.set(name, Math.max(marks.get(name) ?? 0, peak * 1024));
  }
}

/** A number of `/proc/<pid>/status`, in KiB as it stands there; 0 where there is none. */
export function kilobytesIn(status: string, field: "VmHWM" | "VmRSS"): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1] ?? 0);
}

/** What the kernel says of a process; empty once it has ended. */
export function readProcess(pid: number, what: "stat" | "status" | "cmdline" | "io"): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, "utf8");
  } catch {
    return "";
  }
}
