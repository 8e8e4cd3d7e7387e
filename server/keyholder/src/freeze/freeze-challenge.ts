import { encodeBase64url, randomBytes } from "@afterkeep/bytes";
import { type Clock, ForbiddenError } from "@afterkeep/platform";

const hourMs = 3_600_000;
/** As long as this one is given out, and then one more time as long for who has it: two people must find each other. */
const givenForMs = hourMs;

type Given = { readonly challenge: string; readonly givenAtMs: number };

/**
 * What the next order of the operators answers. In memory only, as every challenge. Why the same one for whoever asks: nobody needs to sign in to ask, and one
 * for each would let anybody push out the one that an operator is signing.
 */
export class FreezeChallenge {
  readonly #clock: Clock;
  #given: readonly Given[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The present one and for how long it will be good at least, real ms. */
  give(): { challenge: string; lifeMs: number } {
    const nowMs = this.#clock.monotonicMs();
    this.#given = this.#given.filter(({ givenAtMs }) => nowMs < givenAtMs + 2 * givenForMs);
    const newest = this.#given.at(-1);
    const isFresh = newest !== undefined && nowMs < newest.givenAtMs + givenForMs;
    const given = isFresh ? newest : { challenge: encodeBase64url(randomBytes(32)), givenAtMs: nowMs };
    if (!isFresh) this.#given = [...this.#given, given];
    return { challenge: given.challenge, lifeMs: given.givenAtMs + 2 * givenForMs - nowMs };
  }

  /** Throws unless this challenge is open. */
  require(challenge: string): void {
    const nowMs = this.#clock.monotonicMs();
    const isOpen = this.#given.some((one) => one.challenge === challenge && nowMs < one.givenAtMs + 2 * givenForMs);
    if (isOpen) return;
    throw new ForbiddenError("challenge-invalid", "This order answers no open challenge: it may be too old.", {
      next: "Both operators must sign anew.",
    });
  }

  /** An order was obeyed: whatever was being signed meanwhile was signed for another state. */
  spend(): void {
    this.#given = [];
  }
}
