import { existsSync, readdirSync, statSync } from "node:fs";
import { chmod, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const libraries = ["x86_64", "aarch64"].map((cpu) => `/usr/lib/${cpu}-linux-gnu/faketime/libfaketime.so.1`);
const shared = "/dev/shm";

/** The wall clock of every process of one product, by libfaketime. Their monotonic clock stays the machine's own, as in a real jump. */
export class LentClock {
  readonly folder: string;
  readonly #begunMs = Date.now();
  #offsetMs = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(): Promise<LentClock> {
    const folder = await mkdtemp(join(tmpdir(), "afterkeep-clock-"));
    // Why: where we are root, PostgreSQL runs as another user and must be able to read it.
    await chmod(folder, 0o755);
    const clock = new LentClock(folder);
    await clock.set(0);
    return clock;
  }

  get #file(): string {
    return join(this.folder, "offset");
  }

  /** How far the product's wall clock is ahead of the machine's, ms. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Jumps: every process reads the new time at its next look. */
  async set(offsetMs: number): Promise<void> {
    this.#offsetMs = offsetMs;
    const sign = offsetMs < 0 ? "-" : "+";
    // Why renamed: a process that reads half a line would have a time that nobody set.
    await writeFile(`${this.#file}.new`, `${sign}${(Math.abs(offsetMs) / 1000).toFixed(3)}\n`, { mode: 0o644 });
    await rename(`${this.#file}.new`, this.#file);
  }

  environment(): Record<string, string> {
    const library = libraries.find((path) => existsSync(path));
    if (library === undefined) throw new Error("libfaketime is not installed (Debian's package faketime)");
    return {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      NODE_OPTIONS: `--import=${join(import.meta.dirname, "lend-clock.mjs")}`,
    };
  }

  async close(): Promise<void> {
    await this.forgetTheDead();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** What libfaketime leaves in memory when a process is killed: it knows no other end than an orderly one. */
  async forgetTheDead(): Promise<void> {
    const left = readdirSync(shared).flatMap((name) => {
      const pid = /^(?:sem\.faketime_sem_|faketime_shm_)(\d+)$/.exec(name)?.[1];
      return pid === undefined || existsSync(`/proc/${pid}`) ? [] : [join(shared, name)];
    });
    const ours = left.filter((path) => existsSync(path) && statSync(path).mtimeMs >= this.#begunMs);
    await Promise.all(ours.map((path) => rm(path, { force: true })));
  }
}
