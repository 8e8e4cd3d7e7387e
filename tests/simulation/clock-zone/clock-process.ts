import {
  type ClockParts,
  createTenantKeys,
  type Delivery,
  deliverMail,
  noteReminders,
  readFeed,
} from "@afterkeep/clock";
import type { MemoryClient } from "@afterkeep/platform/testing/memory";
import { AfterkeepError, DependencyError, type LogFields } from "@afterkeep/platform";
import { SimulatedCrash } from "../world/keyholder-process.ts";
import { startWallMs } from "../world/time.ts";
import { clockMailer } from "./clock-mailer.ts";
import { type ClockSite, ConnectionLost } from "./clock-site.ts";
import { keyholderCalls } from "./keyholder-calls.ts";

/** What there is to do. */
export type ClockWork = { readonly feed: boolean; readonly mails: boolean; readonly notes: boolean };
export type Strike = "die" | "pause";

/** Why so long: a timer of the machine that runs the simulation must never end what a process of a simulated one waits for. */
const neverMs = 2 ** 31 - 1;
const maxDeliveries = 50;
/** What goes wrong at the database without anybody's mistake. */
const expectedDatabaseErrors: readonly string[] = ["the connection was ended", "current transaction is aborted"];

/**
 * One process of the product's clock zone. It can die or stand still at every await: each statement, commit and call to another zone or to a mail
 * server goes through `step`.
 */
export class ClockProcess {
  readonly name: string;
  readonly #site: ClockSite;
  readonly #client: MemoryClient<object>;
  readonly #folder: string;
  readonly #delivery: Delivery;
  readonly #startedAt: number;
  /** Wall minus the time of its machine. */
  slipMs = 0;
  isDead = false;
  hasFailed = false;
  /** It stood still in what it does now. */
  wasPaused = false;
  /** Something that the product never expects. */
  surprise: unknown = null;
  #job: Promise<void> | null = null;
  #pause: PromiseWithResolvers<void> | null = null;
  #stepsLeft = 0;
  #strike: Strike = "die";
  onStruck: (strike: Strike) => void = () => {};

  readonly #isElsewhere: boolean;

  constructor(site: ClockSite, { name, folder, isElsewhere }: { name: string; folder: string; isElsewhere: boolean }) {
    this.name = name;
    this.#site = site;
    this.#folder = folder;
    this.#isElsewhere = isElsewhere;
    this.#startedAt = site.world.now;
    const step = async () => this.step();
    this.#client = site.database.client({
      beforeStatement: async () => {
        await this.step();
        if (!site.isDatabaseUp) throw new ConnectionLost("the database is down");
      },
      onCommit: async (commit) => this.#commit(commit),
    });
    const clock = { nowMs: () => this.wallMs(), monotonicMs: () => site.world.now - this.#startedAt };
    const kms = { unwrapDek: async ({ tenant }: { tenant: string }) => this.#unwrap(tenant) };
    const parts: ClockParts = {
      db: this.#client.asDatabase(),
      keyholder: keyholderCalls(site, step),
      keys: createTenantKeys(kms, clock),
      clock,
      realClock: clock,
      logger: {
        debug: () => {},
        info: () => {},
        warn: (fields) => this.#hear(fields),
        error: (fields) => this.#hear(fields),
      },
      publicUrl: "https://vault.example.test",
    };
    this.#delivery = { ...parts, mailer: clockMailer(site, step), underWay: new Set(), turnMs: neverMs };
  }

  wallMs(): number {
    return this.#site.world.now + startWallMs + this.#slip();
  }

  get isWallRight(): boolean {
    return this.#slip() === 0;
  }

  #slip(): number {
    return (this.#isElsewhere ? 0 : this.#site.world.wallSlip) + this.slipMs;
  }

  get isBusy(): boolean {
    return this.#job !== null;
  }

  get isPaused(): boolean {
    return this.#pause !== null;
  }

  /** At the `steps`th step from now it dies, or stands still. */
  strikeIn(steps: number, strike: Strike): void {
    this.#stepsLeft = steps;
    this.#strike = strike;
  }

  /** Why a doubt: what it was about to send may have been sent by another one since. */
  resume(): void {
    if (this.isPaused) this.#site.book.doubt();
    this.#pause?.resolve();
    this.#pause = null;
  }

  die(): void {
    if (this.isDead) return;
    this.isDead = true;
    this.#site.book.doubt();
    this.#client.abort();
    this.resume();
  }

  /** Begins what there is to do; whoever wants to know when it is done looks at `isBusy`. */
  begin({ feed, mails, notes }: ClockWork, isTwice: boolean): void {
    this.hasFailed = false;
    this.wasPaused = false;
    const tasks = [
      ...(feed ? [() => readFeed(this.#delivery, this.#folder)] : []),
      ...(mails ? [() => this.#deliver()] : []),
      ...(notes ? [() => noteReminders(this.#delivery)] : []),
    ];
    const jobs = (isTwice ? [...tasks, ...tasks] : tasks).map(async (task) =>
      task().catch((err: unknown) => this.#hear({ err })),
    );
    this.#job = Promise.all(jobs).then(() => {
      this.#job = null;
    });
  }

  async #deliver(): Promise<void> {
    for (let i = 0; i < maxDeliveries; i++) if ((await deliverMail(this.#delivery)) === 0) return;
  }

  async step(): Promise<void> {
    // Why: what runs at the same time must not always meet at the same places.
    for (let turns = this.#jitter(); turns > 0; turns--) await Promise.resolve();
    const site = this.#site;
    if (site.failsOverIn > 0 && --site.failsOverIn === 0) site.onFailOver();
    if (this.#stepsLeft > 0 && --this.#stepsLeft === 0) this.#beStruck();
    while (this.#pause !== null) await this.#pause.promise;
    // Why every later step too: code that catches what it does not know must not write on after its process died.
    if (this.isDead) throw new SimulatedCrash();
  }

  #jitter(): number {
    const { trouble, world } = this.#site;
    return trouble === 0 || world.random.chance(0.7) ? 0 : world.random.between(1, 12);
  }

  #beStruck(): void {
    this.#site.book.doubt();
    if (this.#strike === "die") this.die();
    else {
      this.wasPaused = true;
      this.#pause ??= Promise.withResolvers();
    }
    this.onStruck(this.#strike);
  }

  async #commit(commit: () => void): Promise<void> {
    const { world, book, trouble, isDatabaseUp } = this.#site;
    await this.step();
    const isTrouble = trouble > 0 && world.random.chance(trouble);
    if (isTrouble || !isDatabaseUp) book.doubt();
    if (!isDatabaseUp) throw new ConnectionLost("the database is down");
    const isLost = isTrouble && world.random.chance(0.5);
    if (isTrouble) world.fault(isLost ? "commit lost" : "commit unanswered");
    if (!isLost) commit();
    if (isTrouble) throw new ConnectionLost("nobody knows whether it was committed");
    await this.step();
  }

  async #unwrap(tenant: string): Promise<{ dek: string }> {
    await this.step();
    const dek = this.#site.deks.get(tenant);
    if (!this.#site.isKmsUp || dek === undefined) throw new DependencyError("zone-unavailable", "The kms is away.");
    return { dek: Buffer.from(dek).toString("base64url") };
  }

  /** What it logs. Whatever is not somebody else's fault is a surprise. */
  #hear({ err, event }: LogFields): void {
    if (err === undefined) {
      if (event === "account-unknown" || event === "recipient-unknown") this.surprise ??= new Error(String(event));
      return;
    }
    this.hasFailed = true;
    const isExpected =
      err instanceof SimulatedCrash ||
      err instanceof ConnectionLost ||
      (err instanceof AfterkeepError && err.code !== "release-lost") ||
      (err instanceof Error && expectedDatabaseErrors.includes(err.message));
    if (!isExpected) this.surprise ??= err;
  }
}
