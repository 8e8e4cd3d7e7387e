import { performance } from "node:perf_hooks";

export type Step = {
  readonly name: string;
  readonly seconds: number;
  readonly held: boolean;
  readonly facts: Record<string, unknown>;
};

/** Runs the story's steps one after another, says each aloud, and remembers what came of it. */
export class Story {
  readonly steps: Step[] = [];
  readonly #say: (line: string) => void;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** A step that throws did not hold, and ends the story. `facts` is what it proved. */
  async step<Facts extends Record<string, unknown>>(name: string, work: () => Promise<Facts>): Promise<Facts> {
    this.#say(`\n● ${name}`);
    const begun = performance.now();
    const seconds = (): number => Math.round((performance.now() - begun) / 10) / 100;
    try {
      const facts = await work();
      this.steps.push({ name, seconds: seconds(), held: true, facts });
      return facts;
    } catch (error) {
      this.steps.push({
        name,
        seconds: seconds(),
        held: false,
        facts: { error: error instanceof Error ? error.message : String(error) },
      });
      throw error;
    }
  }

  /** A sentence beside the step that is under way. */
  say(line: string): void {
    this.#say(`  ${line}`);
  }

  get held(): boolean {
    return this.steps.length > 0 && this.steps.every(({ held }) => held);
  }
}

/** Throws with what was expected, so that a step cannot hold without it. */
export function expectEqual(actual: unknown, wanted: unknown, what: string): void {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(wanted)];
  if (left !== right) throw new Error(`${what}: expected ${right}, found ${left}`);
}

export function expectTrue(condition: boolean, what: string): void {
  if (!condition) throw new Error(what);
}
