import { decodeBase64url, encodeBase64url, equalBytes, randomBytes } from "@afterkeep/bytes";
import { type Clock, ForbiddenError } from "@afterkeep/platform";

/** Whose key is to be proven, for which decision. */
export type ProofPlace = {
  readonly account: string;
  readonly b: string;
  readonly r: string;
  readonly decisionId: string;
};
type OpenProof = { nonce: string; about: string; expiresMs: number };

const lifeMs = 10 * 60_000;
const maxPerPlace = 8;

const keyOf = ({ account, b, r, decisionId }: ProofPlace) => [account, b, r, decisionId].join("/");

/** Nonces that only the holder of a recipient's key can read. In memory, ten minutes by the monotonic clock, single use. */
export class Proofs {
  readonly #clock: Clock;
  readonly #open = new Map<string, OpenProof[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param about what else the answer must name */
  issue(place: ProofPlace, about = ""): string {
    const nonce = encodeBase64url(randomBytes(32));
    const proof = { nonce, about, expiresMs: this.#clock.monotonicMs() + lifeMs };
    this.#open.set(keyOf(place), [...this.#alive(place), proof].slice(-maxPerPlace));
    return nonce;
  }

  /** Throws unless `nonce` is open for this place. It stays open until `spend`. */
  require(place: ProofPlace, nonce: string, about = ""): void {
    const given = decodeBase64url(nonce);
    // Why every: all are compared, so that time does not tell which one was close. equalBytes is constant-time.
    const matches = this.#alive(place).filter((proof) => equalBytes(decodeBase64url(proof.nonce), given));
    const isMeant = matches.some((proof) => proof.about === about);
    if (isMeant) return;
    throw new ForbiddenError("proof-wrong", "This answer does not prove the recipient's key.", {
      next: "Start opening again.",
    });
  }

  spend(place: ProofPlace, nonce: string): void {
    const left = this.#alive(place).filter((proof) => proof.nonce !== nonce);
    if (left.length === 0) this.#open.delete(keyOf(place));
    else this.#open.set(keyOf(place), left);
  }

  #alive(place: ProofPlace): OpenProof[] {
    const nowMs = this.#clock.monotonicMs();
    return (this.#open.get(keyOf(place)) ?? []).filter((proof) => proof.expiresMs > nowMs);
  }
}
