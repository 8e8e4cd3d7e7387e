import { Unavailable } from "../world/ask.ts";
import { tickMs } from "../world/time.ts";
import type { World } from "../world/world.ts";
import type { KeyholderPin } from "./keyholder-pin.ts";
import { tellLies } from "./lying-clock.ts";
import { sayAccepted } from "./say-accepted.ts";
import type { Vault } from "./vault.ts";
import type { Watcher } from "./watcher.ts";

const maxRounds = 50;

/** A clock zone that stands in for the product's: mails the reminders that are due, and says so once the mail server took them. */
export class HonestClock {
  readonly #world: World;
  readonly #pin: KeyholderPin;
  readonly #vaults: ReadonlyMap<string, Vault>;
  readonly #watcher: Watcher;
  /** By account, the spell of weather in which no address took anything. */
  readonly #refused = new Map<string, number>();
  #isAskedAgain = false;
  /** Where it lies. */
  readonly #pressesLinks: boolean;

  constructor(world: World, { pin, vaults, watcher, pressesLinks }: HonestClockParts) {
    this.#world = world;
    this.#pin = pin;
    this.#vaults = vaults;
    this.#watcher = watcher;
    this.#pressesLinks = pressesLinks;
  }

  async work(): Promise<void> {
    if (!this.#world.process.isUp) return;
    try {
      for (let round = 0; round < maxRounds; round++) {
        const changed = await this.#watcher.read();
        if (!this.#world.isClockZoneUp) return;
        if (changed === 0 && (round > 0 || this.#watcher.awaiting.size === 0)) return;
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

  async #remind(): Promise<void> {
    for (const key of this.#watcher.awaiting) {
      const shown = this.#watcher.shown(key);
      if (shown === undefined) continue;
      const { account, b, lastSign } = shown;
      for (const due of shown.remindersDue) {
        if (!(await this.#mail(account))) continue;
        await sayAccepted(this.#world, { account, b, lastSign, ...due });
      }
    }
  }

  async #lie(): Promise<void> {
    for (const key of this.#watcher.awaiting) {
      const shown = this.#watcher.shown(key);
      if (shown !== undefined) await tellLies(this.#world, this.#pin, shown, this.#pressesLinks);
    }
    // Why forgotten: what is not believed would else be said again without end.
    this.#watcher.awaiting.clear();
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
}

type HonestClockParts = {
  readonly pin: KeyholderPin;
  readonly vaults: ReadonlyMap<string, Vault>;
  readonly watcher: Watcher;
  readonly pressesLinks: boolean;
};
