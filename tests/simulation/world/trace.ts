import { createHash } from "node:crypto";

const kept = 60;
/** Characters. */
const longestUnhashed = 16_384;

/** Everything that happened, in order: a hash of all of it, and the newest lines for whoever must understand a violation. */
export class Trace {
  readonly #hash = createHash("sha256");
  #unhashed = "";
  readonly recent: string[] = [];
  length = 0;

  note(at: number, what: string): void {
    const line = `${at} ${what}`;
    this.#unhashed += `${line}\n`;
    if (this.#unhashed.length > longestUnhashed) this.#hashOn();
    this.length++;
    this.recent.push(line);
    if (this.recent.length > kept) this.recent.shift();
  }

  digest(): string {
    this.#hashOn();
    return this.#hash.copy().digest("hex");
  }

  #hashOn(): void {
    this.#hash.update(this.#unhashed);
    this.#unhashed = "";
  }
}
