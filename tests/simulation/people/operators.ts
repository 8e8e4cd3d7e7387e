import { encodeBase64url } from "@afterkeep/bytes";
import { generateSigningKey, sign, type SigningKey } from "@afterkeep/crypto";
import { AfterkeepError } from "@afterkeep/platform";
import { signedStatement, type StatementBody, zeroHash } from "@afterkeep/statements";
import type { Random } from "../chance/random.ts";
import { Violation } from "../ledger/violation.ts";
import { Unavailable } from "../world/ask.ts";
import { dayMs, hourMs } from "../world/time.ts";
import type { World } from "../world/world.ts";
import type { KeyholderPin } from "./keyholder-pin.ts";

type State = StatementBody<"freeze-state">;
type Pair = readonly [SigningKey, SigningKey];
type Orders = [string, string];

const asApi = { caller: "api", requestId: "simulated" } as const;

/** Two people who run the server: they freeze everything now and then, renew that, end it early or let it end; and whoever is not both of them. */
export class Operators {
  readonly #world: World;
  readonly #random: Random;
  readonly #keys: Pair = [generateSigningKey(), generateSigningKey()];
  readonly #stranger = generateSigningKey();
  #pin: KeyholderPin | null = null;
  #spent: Orders | null = null;

  constructor(world: World, random: Random) {
    this.#world = world;
    this.#random = random;
  }

  /** As the settings name them. */
  get publicKeys(): readonly string[] {
    return this.#keys.map(({ publicKey }) => encodeBase64url(publicKey));
  }

  begin(pin: KeyholderPin): void {
    this.#pin = pin;
    this.#later(this.#random.wait(150 * dayMs), async () => {
      await this.#freeze();
      this.begin(pin);
    });
  }

  /** Whether the keyholder says now that everything is frozen. */
  async isFrozen(): Promise<boolean> {
    const { state } = await this.#world.process.running.handlers.freezeState({}, asApi);
    return this.#open(state).freeze !== zeroHash;
  }

  #later(ms: number, happen: () => Promise<void>): void {
    this.#world.later(ms, "operators", happen);
  }

  #howLong(): number {
    const part = this.#random.part();
    if (part < 0.5) return this.#random.between(1, 72) * hourMs;
    return part < 0.9 ? this.#random.between(3, 20) * dayMs : 30 * dayMs;
  }

  async #freeze(): Promise<void> {
    if (this.#random.chance(0.5)) await this.#tryWithoutTheRight();
    const forMs = this.#howLong();
    const { freezes } = this.#world.ledger;
    const isSure = await this.#order("freeze", forMs, () => freezes.maybeFrozen(forMs));
    if (isSure === null) return;
    if (isSure) freezes.frozen(forMs);
    const part = this.#random.part();
    if (part < 0.25) this.#later(this.#random.wait(forMs / 2), () => this.#freeze());
    else if (part < 0.6) this.#later(this.#random.wait(forMs / 2), () => this.#thaw());
  }

  async #thaw(): Promise<void> {
    const { freezes } = this.#world.ledger;
    if (await this.#order("thaw", 0, () => freezes.maybeThawed())) freezes.thawed();
  }

  /** @returns whether it was obeyed; null where it surely was not. @param inDoubt for an answer that was lost */
  async #order(what: "freeze" | "thaw", forMs: number, inDoubt: () => void): Promise<boolean | null> {
    const orders = await this.#signed(await this.#state(), { what, forMs }, this.#keys);
    if (orders === null) return null;
    const outcome = await this.#send(orders);
    if (outcome === "in doubt") inDoubt();
    this.#world.note(`${what} ${outcome}`);
    if (outcome === "obeyed") this.#world.fault(`operators ${what}`);
    if (outcome === "obeyed" || outcome === "in doubt") this.#spent = orders;
    // Why: one jump would take in the freeze and its end, and the clock zone would hear of neither.
    if (outcome !== "refused") this.#world.passing.unsettle("wall");
    return outcome === "refused" ? null : outcome === "obeyed";
  }

  async #state(): Promise<State | null> {
    try {
      return this.#open((await this.#world.ask("api", "freezeState", {})).state);
    } catch (error) {
      if (error instanceof Unavailable) return null;
      throw error;
    }
  }

  #open(state: string): State {
    if (this.#pin === null) throw new Error("operators who know no keyholder");
    return this.#pin.open("freeze-state", state);
  }

  async #signed(
    state: State | null,
    order: Pick<StatementBody<"freeze">, "what" | "forMs">,
    keys: Pair,
  ): Promise<Orders | null> {
    if (state === null || (order.what === "thaw" && state.freeze === zeroHash)) return null;
    const { aud, mode, epoch, freeze, challenge } = state;
    const body: StatementBody<"freeze"> = { aud, mode, epoch, freeze, challenge, iat: 0, ...order };
    const signedBy = async (key: SigningKey) => {
      const signer = { publicKey: key.publicKey, sign: (bytes: Uint8Array) => sign(bytes, key) };
      return (await signedStatement("freeze", body, signer)).jws;
    };
    return [await signedBy(keys[0]), await signedBy(keys[1])];
  }

  async #send(statements: Orders): Promise<"obeyed" | "refused" | "in doubt"> {
    try {
      await this.#world.ask("api", "orderFreeze", { statements });
      return "obeyed";
    } catch (error) {
      if (error instanceof Unavailable) return error.mayHaveCounted ? "in doubt" : "refused";
      if (error instanceof AfterkeepError) return "refused";
      throw error;
    }
  }

  /** F4: one alone, one with a stranger, and what was obeyed once before. */
  async #tryWithoutTheRight(): Promise<void> {
    const [one] = this.#keys;
    const order = { what: "freeze", forMs: 30 * dayMs } as const;
    const tries = [
      await this.#signed(await this.#state(), order, [one, one]),
      await this.#signed(await this.#state(), order, [one, this.#stranger]),
      this.#spent,
    ];
    for (const statements of tries) {
      if (statements === null) continue;
      this.#world.ledger.count("F4");
      if ((await this.#send(statements)) === "obeyed")
        throw new Violation("F4", "an order was obeyed that two operators did not give now");
    }
  }
}
