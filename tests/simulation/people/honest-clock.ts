import { Unavailable } from "../world/ask.ts";
import { tickMs } from "../world/time.ts";
import type { World } from "../world/world.ts";
import type { KeyholderPin } from "./keyholder-pin.ts";
import { tellLies } from "./lying-clock.ts";
import type { ShownSwitch } from "./shown-switch.ts";
import type { Vault } from "./vault.ts";

const asClock = { caller: "clock", requestId: "simulated" } as const;
const actedOn = ({ state, policyHash, lastSign, remindersDue, release, slots, requests }: ShownSwitch) => {
  const stages = slots.map(({ r, stage }) => [r, stage]);
  const open = requests.flatMap(({ request, stage }) => (stage === "open" ? [request] : []));
  return JSON.stringify({ state, policyHash, lastSign, remindersDue, release, stages, open });
};
const page = 500;
const maxRounds = 50;

/**
 * A clock zone as it should be: reads what changed, mails the reminders that are due, and says so once the mail server took them.
 * It also shows the ledger every switch that it reads.
 */
export class HonestClock {
  readonly #world: World;
  readonly #pin: KeyholderPin;
  readonly #vaults: ReadonlyMap<string, Vault>;
  readonly #shown = new Map<string, ShownSwitch>();
  readonly #owed = new Set<string>();
  /** By account, the spell of weather in which no address took anything. */
  readonly #refused = new Map<string, number>();
  #cursor = 0;
  #isAskedAgain = false;
  /** Where it lies. */
  pressesLinks = true;
  onGranted: (shown: ShownSwitch) => void = () => {};

  constructor(world: World, pin: KeyholderPin, vaults: ReadonlyMap<string, Vault>) {
    this.#world = world;
    this.#pin = pin;
    this.#vaults = vaults;
  }

  async work(): Promise<void> {
    if (!this.#world.process.isUp) return;
    try {
      for (let round = 0; round < maxRounds; round++) {
        const changed = await this.#read();
        for (const shown of changed) this.#show(shown);
        if (!this.#world.isClockZoneUp) return;
        if (changed.length === 0 && (round > 0 || this.#owed.size === 0)) return;
        await (this.#world.ledger.ordeal === "lying clock zone" ? this.#lie() : this.#remind());
        if (!this.#world.process.isUp) return;
      }
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      this.#askAgain();
    }
  }

  #askAgain(): void {
    this.#world.ledger.meters.disturb();
    if (this.#isAskedAgain) return;
    this.#isAskedAgain = true;
    this.#world.later(tickMs, "clock tries again", () => {
      this.#isAskedAgain = false;
    });
  }

  async #read(): Promise<readonly ShownSwitch[]> {
    // Why looked at from outside first: it asks after everything that happens, and mostly nothing is new.
    if (this.#world.process.eyes.time().revision <= this.#cursor) return [];
    // Why not over the network: the ledger must see a decision when it is made, also while the clock zone cannot.
    const { handlers } = this.#world.process.running;
    const { items, cursor } = await handlers.switches({ after: this.#cursor, limit: page }, asClock);
    this.#cursor = cursor;
    return items;
  }

  #show(shown: ShownSwitch): void {
    const key = `${shown.account}/${shown.b}`;
    this.#shown.set(key, shown);
    if (shown.remindersDue.length > 0) this.#owed.add(key);
    else this.#owed.delete(key);
    const { ledger } = this.#world;
    this.#world.note(`${this.#vaults.get(shown.account)?.name} is ${shown.state}`);
    const facts = ledger.find(shown.account, shown.b);
    if (facts === null) return;
    const stages = new Map(shown.slots.map(({ r, stage }) => [r, stage]));
    ledger.judge("onShown", { facts, ...shown, stages, now: ledger.now(), isFresh: true });
    ledger.noteBound(facts, shown.policyHash);
    ledger.noteState(facts, shown.state);
    const open = shown.requests.filter(({ stage }) => stage === "open");
    ledger.noteOpen(facts, open, shown.release !== "");
    const release = shown.release === "" ? null : this.#pin.open("release", shown.release);
    if (release !== null) ledger.decide(facts, release);
    const isDecided = release !== null && this.#world.process.eyes.hasDecision(release.decisionId);
    for (const [r, stage] of stages) if (stage === "granted") ledger.judge("onTold", { facts, r, release, isDecided });
    ledger.judgeQuietOf(facts);
    if (shown.slots.some(({ stage }) => stage === "granted")) this.onGranted(shown);
  }

  /** Lets the ledger compare what this zone knows of a vault with what the keyholder derives now, unless news is on its way. */
  async compare({ account }: Vault): Promise<void> {
    const { process, ledger } = this.#world;
    const { revision, attended } = process.eyes.time();
    if (revision > this.#cursor || process.eyes.wake() <= attended) return;
    const { items } = await process.running.handlers.switches({ account }, asClock);
    for (const derived of items) {
      const mirrored = this.#shown.get(`${account}/${derived.b}`);
      // Why not frozen ones: a clock in doubt is no news, nor is its end; the product's clock zone looks again within the hour.
      if (mirrored === undefined || [mirrored.state, derived.state].includes("frozen")) continue;
      ledger.judge("onMirrored", { mirrored: actedOn(mirrored), derived: actedOn(derived) });
    }
  }

  async #remind(): Promise<void> {
    for (const key of this.#owed) {
      const shown = this.#shown.get(key);
      if (shown === undefined) continue;
      const { account, b, lastSign } = shown;
      for (const due of shown.remindersDue) {
        if (!(await this.#mail(account))) continue;
        await this.#world.ask("clock", "reminderAccepted", { account, b, lastSign, ...due });
      }
    }
  }

  async #lie(): Promise<void> {
    for (const key of this.#owed) {
      const shown = this.#shown.get(key);
      if (shown !== undefined) await tellLies(this.#world, this.#pin, shown, this.pressesLinks);
    }
    // Why forgotten: what is not believed would else be said again without end.
    this.#owed.clear();
  }

  async #mail(account: string): Promise<boolean> {
    const vault = this.#vaults.get(account);
    // Why asked first: it connects before it makes a link, and makes none for a server that does not answer.
    const { mail } = this.#world;
    if (vault === undefined || mail.weather === "down" || this.#refused.get(account) === mail.spell) return false;
    this.#refused.delete(account);
    const { token } = await this.#world.ask("clock", "mintToken", { account });
    for (const to of vault.addresses) {
      const sent = await mail.sendMail({ to, text: `/checkin#${token}` }).catch(() => null);
      if (sent?.accepted === true) return true;
    }
    this.#refused.set(account, mail.spell);
    return false;
  }

  /**
   * Everything is read from the beginning, as the clock zone does in a new epoch. Why the world says when: a keyholder whose mark was
   * deleted may give two restores the same epoch.
   */
  forgetCursor(): void {
    this.#cursor = 0;
  }

  async readAfresh(): Promise<void> {
    this.forgetCursor();
    await this.work();
  }
}
