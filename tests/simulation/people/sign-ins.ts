import { AfterkeepError } from "@afterkeep/platform";
import type { Random } from "../chance/random.ts";
import { Violation } from "../ledger/violation.ts";
import { Unavailable } from "../world/ask.ts";
import { dayMs } from "../world/time.ts";
import type { Client } from "./client.ts";
import { randomHash } from "./vault.ts";

/**
 * Sign-ins to an owner's account, of which the api tells the keyholder: also long after its owner fell silent, by somebody who knows the password, or because the api
 * says so and nobody did.
 */
export class SignIns {
  readonly #client: Client;
  readonly #random: Random;
  readonly #everyMs: number;

  constructor(client: Client, random: Random) {
    this.#client = client;
    this.#random = random;
    this.#everyMs = random.between(2, 40) * dayMs;
  }

  begin(): void {
    const { world, vault } = this.#client;
    world.later(this.#everyMs * (0.5 + this.#random.part()), `somebody signs in as ${vault.name}`, async () => {
      this.begin();
      await this.#signIn();
    });
  }

  async #signIn(): Promise<void> {
    const { world, vault } = this.#client;
    const signedIn = { account: vault.account, event: randomHash() };
    // Why twice at most: so does the api, with the same event.
    const tries = world.server === null ? 2 : 1;
    for (let left = tries; left > 0; left--) {
      try {
        return await this.#attest(signedIn);
      } catch (error) {
        if (error instanceof Unavailable && error.mayHaveCounted) {
          for (const facts of world.ledger.of(vault.account)) facts.maybeHeard = world.ledger.now();
        } else if (!(error instanceof Unavailable || error instanceof AfterkeepError)) throw error;
      }
    }
  }

  async #attest(signedIn: { account: string; event: string }): Promise<void> {
    const { world, vault, pin } = this.#client;
    const { ledger } = world;
    const came = ledger.now();
    const answer = await world.askServer("attest", signedIn);
    if (answer.receipt === "") return;
    const receipt = pin.open("receipt", answer.receipt);
    ledger.count("S7");
    if (receipt.weak?.class !== "attested") throw new Violation("S7", "a sign-in counted as another sign");
    for (const { b } of receipt.weak.rows) {
      const facts = ledger.find(vault.account, b);
      const row = receipt.rows.find((one) => one.b === b);
      if (facts !== null && row !== undefined) ledger.hearWeak(facts, "attested", row, came);
    }
    world.note(`${vault.name} sign-in counted`);
    ledger.receipt(receipt, came);
  }
}
