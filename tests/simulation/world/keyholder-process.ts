import { type Keyholder, type KeyholderOptions, openKeyholder } from "@afterkeep/keyholder";
import type { Mailer } from "@afterkeep/platform";
import { Disk } from "./disk.ts";
import { StoreEyes } from "./store-eyes.ts";
import { dayMs, hourMs, probeValidMs, tickMs } from "./time.ts";

/** The process stopped in the middle of what it did. Nothing of it runs on. */
export class SimulatedCrash extends Error {
  override readonly name = "SimulatedCrash";
}

/** What the process stands in: time, the network, the mail server. */
export type Surroundings = {
  now(): number;
  /** Wall minus true time, ms. */
  wallOffset(): number;
  isReachable(): boolean;
  readonly mailer: Mailer;
  /** Public keys of those who may freeze everything. */
  operators(): readonly string[];
};

const capMs = 2 * tickMs;

/** What the last of the keyholder's upgrades did, undone. */
const beforeLastUpgrade = `insert or replace into former_policy select account, b, policy from bound_policy;
  drop table bound_policy; alter table former_policy rename to bound_policy; pragma user_version = 11`;

/** The production keyholder as a process that can be started, killed between two steps of a commit, and put back to an old copy. */
export class KeyholderProcess {
  readonly #disk = new Disk();
  readonly #around: Surroundings;
  readonly #pace = {
    tickMs,
    capMs,
    slackMs: capMs,
    probeValidMs,
    realTickMs: tickMs,
    gapFloorMs: 6 * hourMs,
    leapBelievedMs: hourMs,
    longestDoubtMs: 7 * dayMs,
  };
  readonly #errors: unknown[] = [];
  #running: Keyholder | null = null;
  #eyes: StoreEyes | null = null;
  startedAt = 0;
  #crashIn = 0;
  hasCrashed = false;
  /** Commit steps so far: a measure of the work that was done. */
  commitSteps = 0;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  get isUp(): boolean {
    return this.#running !== null;
  }

  get running(): Keyholder {
    if (this.#running === null) throw new Error("the keyholder is stopped");
    return this.#running;
  }

  get eyes(): StoreEyes {
    this.#eyes ??= new StoreEyes(this.#disk.folder, () => this.commitSteps);
    return this.#eyes;
  }

  get isCrashArmed(): boolean {
    return this.#crashIn > 0;
  }

  /** The process will die at the `steps`th commit step from now. */
  crashIn(steps: number): void {
    this.#crashIn = steps;
  }

  wallMs(): number {
    return this.#around.now() + this.#around.wallOffset();
  }

  async start(): Promise<void> {
    this.startedAt = this.#around.now();
    this.hasCrashed = false;
    this.#running = await openKeyholder({
      folder: this.#disk.folder,
      settings: { mode: "real", factor: 1 },
      clock: { nowMs: () => this.wallMs(), monotonicMs: () => this.#around.now() - this.startedAt },
      mailer: this.#around.mailer,
      publicUrl: "https://vault.example.test",
      operators: this.#around.operators(),
      postProbe: (nonce) => this.#postProbe(nonce),
      onError: (error) => this.#errors.push(error),
      onCommitStep: () => this.#onStep(),
      paceForTestsOnly: this.#pace,
    } satisfies KeyholderOptions);
  }

  /** One tick and its calls. `credit`: how much the tick may credit, where it stands for many idle ones. */
  async tick(credit = capMs): Promise<void> {
    const { running } = this;
    this.#pace.capMs = credit;
    try {
      await running.tick();
      // Why not always: where nothing is due it looks and goes.
      if (!this.hasCrashed && this.eyes.wake() <= this.eyes.time().attended) await running.callOwners();
    } finally {
      this.#pace.capMs = capMs;
    }
  }

  /** Errors of ticks that were not thrown and are no crash: the product says that these never happen. */
  takeErrors(): unknown[] {
    return this.#errors.splice(0).filter((error) => !(error instanceof SimulatedCrash));
  }

  stop(): void {
    this.#closeEyes();
    this.#running?.close();
    this.#running = null;
    this.#crashIn = 0;
    this.#errors.length = 0;
  }

  /** Makes the store what the version before left. */
  takeBackUpgrade(): void {
    this.eyes.change(beforeLastUpgrade);
  }

  /** @returns what `putStoreBack` takes */
  copyStore(): number {
    return this.#disk.copyStore();
  }

  /** Puts an old store in place of the present one. @param keepsMark whether the mark beside the store is still there */
  putStoreBack(copy: number, keepsMark: boolean): void {
    this.stop();
    this.#disk.putStoreBack(copy);
    if (!keepsMark) this.#disk.forgetMark();
  }

  dispose(): void {
    this.stop();
    this.#disk.dispose();
  }

  #closeEyes(): void {
    this.#eyes?.close();
    this.#eyes = null;
  }

  #onStep(): void {
    this.commitSteps++;
    if (this.#crashIn > 0 && --this.#crashIn === 0) this.hasCrashed = true;
    // Why every later step too: code that catches what it does not know must not write on after its process died.
    if (this.hasCrashed) throw new SimulatedCrash();
  }

  async #postProbe(nonce: string): Promise<string> {
    if (!this.#around.isReachable()) throw new Error("no way in");
    return (await this.running.handlers.probe({ nonce }, { caller: "api", requestId: "simulated" })).echo;
  }
}
