import { createHash } from "node:crypto";

const kept = 60;

/** Everything that happened, in order: a hash of all of it, and the newest lines for whoever must understand a violation. */
export class Trace {
  readonly #hash = createHash("sha256");
  readonly recent: string[] = [];
  length = 0;

  note(at: number, what: string): void {
    const line = `${at} ${what}`;
    this.#hash.update(line).update("\n");
    this.length++;
    this.recent.push(line);
    if (this.recent.length > kept) this.recent.shift();
  }

  digest(): string {
    return this.#hash.copy().digest("hex");
  }
}
