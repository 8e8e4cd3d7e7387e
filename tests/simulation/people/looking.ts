import type { ApiZone } from "../api-zone/api-zone.ts";
import type { Random } from "../chance/random.ts";
import { AfterkeepError } from "@afterkeep/platform";
import { Unavailable } from "../world/ask.ts";
import { dayMs } from "../world/time.ts";
import type { World } from "../world/world.ts";
import type { Vault } from "./vault.ts";

/** An owner who looks where things stand, now and then. */
export class Looking {
  readonly #world: World;
  readonly #api: ApiZone;
  readonly #vault: Vault;
  readonly #random: Random;

  constructor(world: World, api: ApiZone, vault: Vault, random: Random) {
    this.#world = world;
    this.#api = api;
    this.#vault = vault;
    this.#random = random;
  }

  begin(): void {
    this.#world.later(this.#random.wait(60 * dayMs), `${this.#vault.name} looks`, async () => {
      await this.#look();
      this.begin();
    });
  }

  async #look(): Promise<void> {
    const { account } = this.#vault;
    try {
      const { lastReceipt } = await this.#api.call("getStatus", { account });
      this.#api.book.judgeStatus(account, lastReceipt);
    } catch (error) {
      if (!(error instanceof Unavailable || error instanceof AfterkeepError)) throw error;
    }
  }
}
