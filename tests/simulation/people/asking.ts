import { decodeBase64url, encodeBase64url } from "@afterkeep/bytes";
import { openAskChallenge } from "@afterkeep/formats";
import { AfterkeepError } from "@afterkeep/platform";
import { noteAsked } from "../ledger/asked.ts";
import { Violation } from "../ledger/violation.ts";
import type { Random } from "../chance/random.ts";
import { Unavailable } from "../world/ask.ts";
import { dayMs, hourMs } from "../world/time.ts";
import type { World } from "../world/world.ts";
import type { KeyholderPin } from "./keyholder-pin.ts";
import { aKeyPair, type BequestState, type Person, randomHash, type Vault } from "./vault.ts";

type Proof = { readonly account: string; readonly b: string; readonly r: string; request: string; nonce: string };
/** A proof that was sent; heard for sure only where an answer came. */
type Sent = { readonly proof: Proof; readonly at: number; isAnswered: boolean };
/** Longer than the keyholder waits for any proof. */
const longestProofMs = hourMs;

/**
 * The people of one vault who ask for what is left to them: those who may and those who may not, too often, without the key, and with the proof
 * of another day.
 */
export class Asking {
  readonly #world: World;
  readonly #pin: KeyholderPin;
  readonly #vault: Vault;
  readonly #random: Random;
  readonly #sent: Sent[] = [];

  constructor(world: World, pin: KeyholderPin, vault: Vault, random: Random) {
    this.#world = world;
    this.#pin = pin;
    this.#vault = vault;
    this.#random = random;
  }

  /** @param everyMs in the mean */
  begin(everyMs: number): void {
    this.#later(this.#random.wait(everyMs), async () => {
      await this.#comes();
      this.begin(everyMs);
    });
  }

  #later(ms: number, happen: () => Promise<void>): void {
    this.#world.later(ms, `somebody of ${this.#vault.name} asks`, happen);
  }

  async #comes(): Promise<void> {
    const bequest = this.#random.pick(this.#vault.bequests);
    const person = this.#random.pick(bequest.people);
    if (this.#random.chance(0.1)) await this.#asksWithoutTheKey(bequest, person);
    await this.#asks(bequest, person);
    // Why again: soon after an answer, and before one.
    for (let i = this.#random.between(0, 3); i > 0; i--)
      this.#later(this.#random.wait(36 * hourMs), () => this.#asks(bequest, person));
    if (this.#random.chance(0.3)) this.#later(this.#random.wait(2 * dayMs), () => this.#asksAgainWithOldProof());
  }

  async #asks(bequest: BequestState, { r, identity }: Person): Promise<void> {
    const { ledger } = this.#world;
    const { facts, b } = bequest;
    const place = { account: this.#vault.account, b, r };
    let request = "";
    try {
      const proof = await this.#world.askServer("proveToAsk", place);
      const { nonce } = await openAskChallenge(identity, decodeBase64url(proof.challenge));
      const answer = { ...place, request: proof.request, nonce: encodeBase64url(nonce) };
      const sent: Sent = { proof: answer, at: this.#world.now, isAnswered: false };
      this.#sent.push(sent);
      ({ request } = proof);
      const { asked } = await this.#world.askServer("ask", answer);
      sent.isAnswered = true;
      const { policyHash, wait } = this.#pin.open("asked", asked);
      ledger.judge("onAsked", { facts, r, policyHash, wait, now: ledger.now() });
      noteAsked(facts, { id: request, r }, ledger.now(), true);
      this.#world.note(`asked by ${r}`);
    } catch (error) {
      if (error instanceof Unavailable && error.mayHaveCounted && request !== "")
        noteAsked(facts, { id: request, r }, ledger.now(), false);
      else if (error instanceof AfterkeepError)
        ledger.judge("onTurnedAway", { facts, r, code: error.code, now: ledger.now() });
      else if (!(error instanceof Unavailable)) throw error;
    }
  }

  /** S11: whoever cannot read the proof asks for nothing. */
  async #asksWithoutTheKey({ b }: BequestState, { r }: Person): Promise<void> {
    const place = { account: this.#vault.account, b, r };
    const { identity } = await aKeyPair();
    const isNoted = await this.#tries(async () => {
      const { request, challenge } = await this.#world.askServer("proveToAsk", place);
      const read = await openAskChallenge(identity, decodeBase64url(challenge)).catch(() => null);
      this.#world.ledger.count("S11");
      if (read !== null) throw new Violation("S11", "somebody else could read the proof of who asks");
      await this.#world.askServer("ask", { ...place, request, nonce: randomHash() });
    });
    if (isNoted) throw new Violation("S11", "a request was noted of somebody who proved nothing");
  }

  async #asksAgainWithOldProof(): Promise<void> {
    const [sent] = this.#sent.splice(-1);
    // Why not one that may never have come, and would still be taken: that is no proof of another day.
    if (sent === undefined || (!sent.isAnswered && this.#world.now - sent.at < longestProofMs)) return;
    this.#world.ledger.count("S11");
    if (await this.#tries(async () => this.#world.askServer("ask", sent.proof)))
      throw new Violation("S11", "a request was noted on a proof of another day");
  }

  async #tries(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (error instanceof Unavailable || error instanceof AfterkeepError) return false;
      throw error;
    }
  }
}
