import { AfterkeepError } from "@afterkeep/platform";
import type { Random } from "../chance/random.ts";
import { Unavailable } from "../world/ask.ts";
import { dayMs } from "../world/time.ts";
import type { World } from "../world/world.ts";
import type { KeyholderPin } from "./keyholder-pin.ts";
import { pressLink } from "./press-link.ts";
import type { Vault } from "./vault.ts";

/** Somebody who has nothing of an owner's but their mailbox, perhaps the owner: once something of theirs is handed over they press one link after the other. */
export class MailboxReader {
  readonly #world: World;
  readonly #pin: KeyholderPin;
  readonly #vault: Vault;
  readonly #random: Random;
  #decision = "";

  constructor(world: World, pin: KeyholderPin, vault: Vault, random: Random) {
    this.#world = world;
    this.#pin = pin;
    this.#vault = vault;
    this.#random = random;
  }

  hearOfRelease(b: string): void {
    const decision = this.#vault.bequests.find((one) => one.b === b)?.facts.decision?.id ?? this.#decision;
    if (decision === this.#decision) return;
    this.#decision = decision;
    const { name } = this.#vault;
    for (let i = 0; i < 4; i++)
      this.#world.later(this.#random.wait(2 * dayMs), `somebody presses a link of ${name}`, () => this.#press());
  }

  async #press(): Promise<void> {
    const { account } = this.#vault;
    try {
      const { token } = await this.#world.ask("clock", "mintToken", { account });
      await pressLink(this.#world, this.#pin, account, token);
    } catch (error) {
      if (error instanceof Unavailable && error.mayHaveCounted)
        for (const facts of this.#world.ledger.of(account)) facts.maybeHeard = this.#world.ledger.now();
      if (!(error instanceof Unavailable || error instanceof AfterkeepError)) throw error;
    }
  }
}
