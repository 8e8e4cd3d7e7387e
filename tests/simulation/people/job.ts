import { encodeBase64url } from "@afterkeep/bytes";
import { generateSigningKey } from "@afterkeep/crypto";
import { AfterkeepError } from "@afterkeep/platform";
import { type StatementBody, StatementError } from "@afterkeep/statements";
import type { Random } from "../chance/random.ts";
import { Violation } from "../ledger/violation.ts";
import { Unavailable } from "../world/ask.ts";
import { dayMs } from "../world/time.ts";
import type { Client } from "./client.ts";
import { randomHash } from "./vault.ts";

/** What checks in for an owner by itself, with a key that may do nothing else: also long after its owner fell silent, or took the key away. */
export class Job {
  readonly random: Random;
  readonly #client: Client;
  readonly #key = generateSigningKey();
  readonly #everyMs: number;
  #isCertified = false;

  constructor(client: Client, random: Random) {
    this.#client = client;
    this.random = random;
    this.#everyMs = random.between(2, 40) * dayMs;
  }

  /** At an owner's visit: certifies its key at first, and takes it away one day. @returns whether that was all of the visit */
  async care(): Promise<boolean> {
    const { vault } = this.#client;
    const key = encodeBase64url(this.#key.publicKey);
    if (this.#isCertified) {
      if (vault.revoked.has(key) || !this.random.chance(0.03)) return false;
      await this.#client.revoke(this.#key, () => vault.revoked.add(key));
      return true;
    }
    if (!this.random.chance(0.5)) return false;
    await this.#client.control(
      "delegate",
      (fields) => ({ ...fields, key }),
      () => this.#begin(),
    );
    return true;
  }

  #begin(): void {
    if (this.#isCertified) return;
    this.#isCertified = true;
    this.#later();
  }

  #later(): void {
    const { world, vault } = this.#client;
    world.later(this.#everyMs * (0.5 + this.random.part()), `${vault.name} has a job`, async () => {
      this.#later();
      await this.#run();
    });
  }

  async #run(): Promise<void> {
    const { world, vault } = this.#client;
    try {
      await this.#checkIn();
    } catch (error) {
      if (error instanceof Unavailable && error.mayHaveCounted) {
        for (const facts of world.ledger.of(vault.account)) facts.maybeHeard = world.ledger.now();
      } else if (!(error instanceof Unavailable || error instanceof AfterkeepError || error instanceof StatementError))
        throw error;
    }
  }

  async #checkIn(): Promise<void> {
    const { world, vault, pin } = this.#client;
    const { account } = vault;
    const deviceKey = encodeBase64url(this.#key.publicKey);
    const asked = await world.askServer("delegateChallenge", { account, key: deviceKey });
    const { aud, challenge, head } = pin.open("challenge", asked.challenge);
    const given = { aud, account, deviceKey, challenge, nonce: randomHash(), blob: this.#client.blob, iat: 0 };
    const body: StatementBody<"checkin"> = { ...given, seenHead: head, seenCheckpoint: "", answers: [] };
    const statement = await vault.sign("checkin", body, this.#key);
    const began = world.ledger.now();
    const answer = await world.askServer("submit", { account, kind: "checkin", statement, isDelegated: true });
    const receipt = pin.open("receipt", answer.receipt);
    const came = this.#client.cameAt(statement) ?? began;
    this.#client.judgeKey(this.#key);
    world.ledger.count("S7");
    if (receipt.weak?.class !== "delegated") throw new Violation("S7", "a job's check-in counted as another sign");
    for (const { b } of receipt.weak.rows) {
      const facts = world.ledger.find(account, b);
      const row = receipt.rows.find((one) => one.b === b);
      if (facts !== null && row !== undefined) world.ledger.hearWeak(facts, "delegated", row, came);
    }
    world.note(`${vault.name} job counted`);
    world.ledger.receipt(receipt, came);
  }
}
