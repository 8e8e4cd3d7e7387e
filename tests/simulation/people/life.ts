import type { Random } from "../chance/random.ts";
import { AfterkeepError } from "@afterkeep/platform";
import { StatementError } from "@afterkeep/statements";
import { mayBeOpen } from "../ledger/facts.ts";
import { Unavailable } from "../world/ask.ts";
import { dayMs, hourMs, yearMs } from "../world/time.ts";
import {
  depositContacts,
  drawWishes,
  hastyWishes,
  sealGeneration,
  signManifest,
  signPolicy,
  withJob,
  withSignIns,
  withWaits,
  type Wishes,
} from "./arming.ts";
import { answerRequests, loseDevice } from "./answering.ts";
import { armWithKit } from "./arming-with-kit.ts";
import type { Client } from "./client.ts";
import type { Habits } from "./habits.ts";
import type { Job } from "./job.ts";
import { pressLink } from "./press-link.ts";
import { type BequestState, randomHash } from "./vault.ts";

const impatienceMs = hourMs;

/** What only some owners have; null for the others. */
type Besides = {
  /** Of one whom people may ask. */
  readonly asking: Random | null;
  readonly job: Job | null;
  /** Of one whose account is signed into. */
  readonly signIns: Random | null;
  /** Has the recovery kit at hand when they arm first. */
  readonly hasKit: boolean;
};

/** An owner who lives: checks in, changes things, falls silent, comes back late or never for years. */
export class Life {
  readonly client: Client;
  #wishes: Wishes;
  #patienceMs = impatienceMs;

  readonly #habits: Habits;
  readonly #asking: Random | null;
  readonly #job: Job | null;
  readonly #signIns: Random | null;
  readonly #hasKit: boolean;

  constructor(client: Client, habits: Habits, { asking, job, signIns, hasKit }: Besides) {
    this.client = client;
    this.#habits = habits;
    this.#asking = asking;
    this.#job = job;
    this.#signIns = signIns;
    this.#hasKit = hasKit;
    this.#wishes = this.#drawWishes();
  }

  #drawWishes(): Wishes {
    const wishes = drawWishes(this.client.world.random, 2, this.#habits);
    return withSignIns(withJob(withWaits(wishes, this.#asking), this.#job?.random ?? null), this.#signIns);
  }

  /** The first day: keys, contacts, people, and every bequest armed. Nothing goes wrong on it. @param isSilent nothing is heard after it */
  async begin(isSilent: boolean): Promise<void> {
    const { vault } = this.client;
    await this.client.genesis();
    await depositContacts(this.client);
    for (const bequest of vault.bequests) await this.#pin(bequest);
    // Why some so short, and nobody back within the month: only then is the first week longer than everything else.
    const isHasty = this.client.world.random.chance(0.3);
    const first = isHasty ? hastyWishes(this.#wishes) : this.#wishes;
    for (const bequest of vault.bequests) {
      await sealGeneration(this.client, bequest);
      await (this.#hasKit ? armWithKit : signPolicy)(this.client, bequest, first);
    }
    if (!isSilent) this.#next(isHasty ? 30 * dayMs : this.#whenAlive());
  }

  async #pin({ people }: BequestState): Promise<void> {
    const { pins } = this.client.vault;
    for (const { r, ageKey } of people) {
      const person = { r, ageKey, signingKey: "" as const, verified: "words" as const, contact: randomHash() };
      pins.set(
        r,
        await this.client.control(
          "pin",
          (fields) => ({ ...fields, ...person }),
          () => {},
        ),
      );
    }
  }

  /** The keyholder's call about what somebody asks came: some answer within days, some do not read it. */
  hearOfRequest(): void {
    const random = this.#asking;
    if (random === null || random.chance(0.4)) return;
    this.client.world.later(random.wait(2 * dayMs), `${this.client.vault.name} answers`, () => this.#answer(random));
  }

  async #answer(random: Random): Promise<void> {
    const { world } = this.client;
    try {
      await this.client.settle();
      if (random.chance(0.7) || !(await this.#press())) await answerRequests(this.client, random);
    } catch (error) {
      if (error instanceof Unavailable)
        world.later(random.wait(2 * hourMs), `${this.client.vault.name} answers again`, () => this.#answer(random));
      else if (!(error instanceof AfterkeepError || error instanceof StatementError)) throw error;
    }
  }

  #next(ms: number): void {
    this.client.world.later(ms, `${this.client.vault.name} acts`, () => this.#act());
  }

  /** One visit. Whatever gets no answer is tried again. */
  async #act(): Promise<void> {
    const { world } = this.client;
    try {
      await this.client.settle();
      await this.#visit();
      this.#patienceMs = impatienceMs;
      this.#next(this.#whenAlive());
    } catch (error) {
      if (error instanceof Unavailable) this.#tryAgain();
      else if (error instanceof AfterkeepError || error instanceof StatementError) {
        world.note(`${this.client.vault.name} refused: ${error.message}`);
        this.#next(dayMs);
      } else throw error;
    }
  }

  /** Within the hour at first; whoever finds the door closed for weeks comes once a week, or once a day to hear what became of something that was sent. */
  #tryAgain(): void {
    const longestMs = this.client.isUncertain ? dayMs : 7 * dayMs;
    this.#next(this.client.world.random.wait(Math.min(this.#patienceMs, longestMs)));
    this.#patienceMs = Math.min(2 * this.#patienceMs, longestMs);
  }

  async #visit(): Promise<void> {
    const { random } = this.client.world;
    const bequest = random.pick(this.client.vault.bequests);
    if (await this.#press()) return;
    if (this.#asking !== null && (await loseDevice(this.client, this.#asking, this.#loosen))) return;
    if (this.#job !== null && (await this.#job.care())) return;
    if (this.#needsArming(bequest) && random.chance(0.7)) return this.#arm(bequest);
    const { justChecksIn } = this.#habits;
    if (justChecksIn > 0 && random.chance(justChecksIn)) return this.client.checkIn();
    const part = random.part();
    if (part < 0.08) return signManifest(this.client, bequest);
    if (part < 0.22) return this.#change(bequest);
    if (part < 0.25 && bequest.policyId !== "") return this.#disarm(bequest);
    if (part < 0.27) return this.#arm(bequest);
    if (part < 0.33 && bequest.policyId !== "" && bequest.facts.disarmed === null) return this.#pause(bequest);
    return this.client.checkIn();
  }

  /** Until the next visit: mostly within the interval, sometimes after it, sometimes much later. */
  #whenAlive(): number {
    const { random } = this.client.world;
    const { interval, grace, lastCall } = this.#wishes;
    const whole = interval + grace + lastCall;
    const part = random.part();
    const { inTime, beforeTheEnd, soonAfter } = this.#habits;
    if (part < inTime) return interval * (0.3 + 0.65 * random.part());
    if (part < beforeTheEnd) return interval + (whole - interval) * random.part();
    return part < soonAfter ? whole * (0.95 + 0.6 * random.part()) : whole + random.wait(yearMs / 2);
  }

  /** The link of a mail, if one came and this owner is somebody who presses links. */
  async #press(): Promise<boolean> {
    const { world, vault, pin } = this.client;
    const mails = vault.addresses.flatMap((address) => world.mail.boxOf(address).splice(0));
    const token = /\/checkin#(\S+)/.exec(mails.at(-1)?.text ?? "")?.[1];
    if (token === undefined || !world.random.chance(0.5)) return false;
    const isPressed = await pressLink(world, pin, vault.account, token).then(() => true, this.#refusedLink);
    if (!isPressed) return false;
    return world.random.chance(0.7);
  }

  /** Why a lost answer too is passed over here: the owner signs in instead, and that sign counts more. */
  readonly #refusedLink = (error: unknown): false => {
    const { ledger } = this.client.world;
    if (error instanceof Unavailable && error.mayHaveCounted) {
      for (const facts of ledger.of(this.client.vault.account)) facts.maybeHeard = ledger.now();
    }
    if (error instanceof AfterkeepError || error instanceof Unavailable) return false;
    throw error;
  };

  #needsArming({ facts }: BequestState): boolean {
    return facts.disarmed !== null || facts.bound === null || mayBeOpen(facts);
  }

  async #arm(bequest: BequestState): Promise<void> {
    const { random } = this.client.world;
    if (mayBeOpen(bequest.facts) || bequest.sealed === null || random.chance(0.2)) {
      await sealGeneration(this.client, bequest);
    }
    await this.#change(bequest);
  }

  /** Other times, or the same ones again. */
  async #change(bequest: BequestState): Promise<void> {
    const { random } = this.client.world;
    if (bequest.sealed === null) await sealGeneration(this.client, bequest);
    const wishes = random.chance(0.5) ? this.#longer() : random.chance(0.7) ? this.#drawWishes() : this.#wishes;
    await signPolicy(this.client, bequest, wishes);
    this.#wishes = wishes;
  }

  /** What somebody at an unlocked device of this owner's would sign. */
  readonly #loosen = async (bequest: BequestState): Promise<void> => {
    if (bequest.sealed !== null) await signPolicy(this.client, bequest, hastyWishes(this.#wishes));
  };

  #longer(): Wishes {
    const { interval, grace, lastCall, delays, ...same } = this.#wishes;
    const longer = Math.min(interval + 10 * dayMs, 366 * dayMs);
    return { ...same, interval: longer, grace, lastCall: lastCall + hourMs, delays };
  }

  /** For a journey, or 0 to end one. */
  async #pause({ b, policyId, facts }: BequestState): Promise<void> {
    const { world } = this.client;
    const forMs = world.random.chance(0.2) ? 0 : world.random.between(3, 90) * dayMs;
    await this.client.pause(b, policyId, forMs, (_id, accepted) => world.ledger.pause(facts, forMs, accepted));
  }

  async #disarm({ b, policyId, facts }: BequestState): Promise<void> {
    await this.client.disarm(b, policyId, (_id, accepted) => {
      facts.disarmed = accepted;
      facts.isArmedAgain = false;
      facts.cooling = null;
      this.client.world.ledger.endPause(facts);
    });
  }
}
