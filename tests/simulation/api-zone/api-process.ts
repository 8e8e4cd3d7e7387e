import { type MemoryDatabase, nothingGivenBack, servicesInMemory } from "@afterkeep/api/testing";
import { AfterkeepError, InvariantError, type LogFields } from "@afterkeep/platform";
import { SimulatedCrash } from "../world/keyholder-process.ts";
import { Unavailable } from "../world/ask.ts";
import { startWallMs } from "../world/time.ts";
import { type ApiSite, ConnectionLost, failOver } from "./api-site.ts";
import { keyholderOfApi } from "./keyholder-of-api.ts";

export type ApiStrike = "die" | "pause";

/** What goes wrong at the database without anybody's mistake. */
const expectedDatabaseErrors: readonly string[] = ["the connection was ended", "current transaction is aborted"];

/**
 * One process of the product's api. It can die at every await, and stand still at every one but that before a sign of life leaves for the keyholder: its client
 * would not know when it counted.
 */
export class ApiProcess {
  readonly services: ReturnType<typeof servicesInMemory>;
  readonly #site: ApiSite;
  readonly #client: ReturnType<MemoryDatabase["client"]>;
  readonly #open = new Set<Promise<unknown>>();
  readonly givenBack = nothingGivenBack();
  isDead = false;
  /** Something that the product never expects. */
  surprise: unknown = null;
  /** The first error that it wrote into its log since somebody looked. */
  complaint: unknown = null;
  #pause: PromiseWithResolvers<void> | null = null;
  #struck = Promise.withResolvers<never>();
  #stepsLeft = 0;
  #strike: ApiStrike = "die";
  onStruck: (strike: ApiStrike) => void = () => {};

  constructor(site: ApiSite) {
    this.#site = site;
    const startedAt = site.world.now;
    this.#client = site.database.client({
      beforeStatement: async () => {
        await this.step();
        if (site.isDatabaseUp) return;
        site.troubles++;
        throw new ConnectionLost("the database is down");
      },
      onCommit: async (commit) => this.#commit(commit),
    });
    this.#struck.promise.catch(() => {});
    const hear = (fields: LogFields) => this.#hear(fields);
    this.services = servicesInMemory({
      db: this.#client.asDatabase(),
      keyholder: keyholderOfApi(site, async (mayPause) => this.step(mayPause)),
      clock: {
        nowMs: () => site.world.now + startWallMs + site.world.wallSlip,
        monotonicMs: () => site.world.now - startedAt,
      },
      logger: { debug: () => {}, info: () => {}, warn: hear, error: hear },
    });
  }

  get isPaused(): boolean {
    return this.#pause !== null;
  }

  /** At the `steps`th step from now it dies, or stands still. */
  strikeIn(steps: number, strike: ApiStrike): void {
    this.#stepsLeft = steps;
    this.#strike = strike;
  }

  /** Whoever waits for it is told that there is no answer when it dies or stands still; what it stood in goes on later. */
  async run<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    // Why before it begins: it can be struck at its first step.
    const struck = this.#struck.promise;
    const job = work();
    const watched = job.catch((error: unknown) => this.#judge(error)).finally(() => this.#open.delete(watched));
    this.#open.add(watched);
    return Promise.race([job, struck]);
  }

  /** Goes on; returns when all that it stood in is done, or when it is struck again. */
  async resume(): Promise<void> {
    const struck = this.#struck.promise;
    this.#pause?.resolve();
    this.#pause = null;
    await Promise.race([Promise.all(this.#open), struck]).catch(() => {});
  }

  die(): void {
    if (this.isDead) return;
    this.isDead = true;
    this.#client.abort();
    this.#pause?.resolve();
    this.#pause = null;
    this.#tellAll();
  }

  async step(mayPause = true): Promise<void> {
    const site = this.#site;
    // Why: what runs at the same time must not always meet at the same places.
    for (let turns = this.#jitter(); turns > 0; turns--) await Promise.resolve();
    if (site.failsOverIn > 0 && --site.failsOverIn === 0) failOver(site);
    const isStruck = this.#stepsLeft > 0 && (mayPause || this.#strike === "die") && --this.#stepsLeft === 0;
    if (isStruck) this.#beStruck();
    while (this.#pause !== null) await this.#pause.promise;
    // Why every later step too: code that catches what it does not know must not write on after its process died.
    if (this.isDead) throw new SimulatedCrash();
  }

  #jitter(): number {
    const { trouble, random } = this.#site;
    return trouble === 0 || random.chance(0.7) ? 0 : random.between(1, 12);
  }

  #beStruck(): void {
    this.#site.troubles++;
    if (this.#strike === "die") this.die();
    else {
      this.#pause ??= Promise.withResolvers();
      this.#tellAll();
    }
    this.onStruck(this.#strike);
  }

  #tellAll(): void {
    this.#struck.reject(new Unavailable("the api does not answer", true));
    this.#struck = Promise.withResolvers();
    this.#struck.promise.catch(() => {});
  }

  async #commit(commit: () => void): Promise<void> {
    const { world, random, trouble, isDatabaseUp } = this.#site;
    await this.step();
    const isTrouble = trouble > 0 && random.chance(trouble);
    if (isTrouble || !isDatabaseUp) this.#site.troubles++;
    if (!isDatabaseUp) throw new ConnectionLost("the database is down");
    const isLost = isTrouble && random.chance(0.5);
    if (isTrouble) world.fault(isLost ? "api's commit lost" : "api's commit unanswered");
    if (!isLost) commit();
    if (isTrouble) throw new ConnectionLost("nobody knows whether it was committed");
    await this.step();
  }

  #hear({ err }: LogFields): void {
    if (err === undefined) return;
    this.complaint ??= err;
    this.#judge(err);
  }

  /** Whatever is nobody's fault but the product's own is a surprise. */
  #judge(error: unknown): void {
    if (!this.isExpected(error)) this.surprise ??= error;
  }

  isExpected(error: unknown): boolean {
    return (
      error instanceof SimulatedCrash ||
      error instanceof ConnectionLost ||
      (error instanceof AfterkeepError && !(error instanceof InvariantError) && !neverSaid.has(error.code)) ||
      (error instanceof Error && expectedDatabaseErrors.includes(error.message))
    );
  }
}

/** What the api says of its own accord to clients that do nothing wrong is wrong. */
const neverSaid: ReadonlySet<string> = new Set([
  ...["bequest-unknown", "email-not-verified", "not-your-account", "documents-not-ready", "manifest-mismatch"],
]);
