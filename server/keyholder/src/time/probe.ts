import { encodeBase64url, equalBytes, randomBytes, decodeBase64url } from "@afterkeep/bytes";
import { type Clock, NotFoundError } from "@afterkeep/platform";
import { z } from "zod";

const answerSchema = z.strictObject({ echo: z.string() });

/** Posts `{nonce}` to the public address and returns the `echo` of the answer. Throws when there is none. */
export type PostProbe = (nonce: string) => Promise<string>;

/**
 * Proves that the address which owners use leads here: a nonce goes out through the public address, must come in over the
 * internal contract, and the answer must carry it back. Only then could an owner's check-in have arrived.
 */
export class Probe {
  readonly #post: PostProbe;
  readonly #clock: Clock;
  readonly #validMs: number;
  #sent: string | null = null;
  #arrived: string | null = null;
  #lastGoodMs: number | null = null;

  constructor(post: PostProbe, clock: Clock, validMs: number) {
    this.#post = post;
    this.#clock = clock;
    this.#validMs = validMs;
  }

  isGoodAt(monotonicMs: number): boolean {
    return this.#lastGoodMs !== null && monotonicMs - this.#lastGoodMs <= this.#validMs;
  }

  /** One round trip, unless one is under way or the last good one is fresh enough. Never throws: a failure is no credit. */
  async run(): Promise<void> {
    if (this.#sent !== null || this.#isFresh()) return;
    const nonce = encodeBase64url(randomBytes(32));
    this.#sent = nonce;
    try {
      const echo = await this.#post(nonce);
      if (this.#arrived === nonce && echo === nonce) this.#lastGoodMs = this.#clock.monotonicMs();
    } catch {
      // Nothing to do: time is not attended until a probe comes back.
    } finally {
      this.#sent = null;
    }
  }

  /** The inner leg. Untrusted input: a nonce that was not sent is refused. */
  arrive(nonce: string): { echo: string } {
    if (this.#sent === null || !equalBytes(decodeBase64url(nonce), decodeBase64url(this.#sent))) {
      throw new NotFoundError("probe-unknown", "This is not a probe that is under way.");
    }
    this.#arrived = nonce;
    return { echo: nonce };
  }

  #isFresh(): boolean {
    return this.#lastGoodMs !== null && this.#clock.monotonicMs() - this.#lastGoodMs < this.#validMs / 4;
  }
}

/** The real way out: over HTTP to the configured public address. */
export function postProbeTo(publicUrl: string, timeoutMs = 5_000): PostProbe {
  return async (nonce) => {
    const response = await fetch(`${publicUrl}/v1/probe`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ nonce }),
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) throw new Error(`probe answered ${response.status}`);
    return answerSchema.parse(await response.json()).echo;
  };
}
