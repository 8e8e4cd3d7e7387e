import { concatBytes, decodeBase64url, encodeBase64url, equalBytes, randomBytes } from "@afterkeep/bytes";
import { ctx, hmacSha256 } from "@afterkeep/crypto";
import { type Clock, ForbiddenError } from "@afterkeep/platform";

/** What an owner asks for; and `delegated`, which a delegate's check-in answers and nothing else does. */
export type ChallengePurpose = "control" | "stricter" | "checkin" | "delegated";

const minuteMs = 60_000;
const lifeMs: Record<ChallengePurpose, number> = {
  control: 24 * 60 * minuteMs,
  stricter: 10 * minuteMs,
  checkin: 10 * minuteMs,
  delegated: 10 * minuteMs,
};
const length = 32;
const endLength = 6;
/** What the rest proves: the end and ten random bytes. */
const claimLength = 16;
const fewestSwept = 4096;

/**
 * Whose a delegate's challenges are. Why not the account's: who knows the key may ask for them, and must be given none that a device's check-in answers.
 * @param key its raw public key, base64url
 */
export function delegateOf(account: string, key: string): string {
  return `${account} ${key}`;
}

/**
 * Freshness of statements: each answers a challenge of this process, once. Its 32 bytes are
 *
 *     0   6  its end, monotonic ms of this process, big-endian
 *     6  10  random
 *    16  16  HMAC-SHA-256(key, ctx("challenge", the bytes before, purpose, whose)), its first half
 *
 * Why none is kept until it was answered: whoever may ask for an owner's, with a stolen session, could ask until the one that the owner is
 * signing had to give way to others, and a living owner would look silent. Here there is nothing to push out.
 *
 * Invariant: the key is drawn by each process and never leaves its memory, so no challenge outlives a restart; and the monotonic clock ages
 * them, so a wall clock put back revives none. Source: RFC 2104 §5 (truncation to half of the hash's length).
 */
export class Challenges {
  readonly #clock: Clock;
  readonly #key = randomBytes(32);
  /** When each that was answered ends. Its end refuses it from then on. */
  readonly #spent = new Map<string, number>();
  #sweepAt = fewestSwept;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A new one; its life in ms is for display. @param whose an account, or `delegateOf` */
  issue(whose: string, purpose: ChallengePurpose): { challenge: string; lifeMs: number } {
    const claim = randomBytes(length).subarray(0, claimLength);
    writeEnd(claim, Math.floor(this.#clock.monotonicMs()) + lifeMs[purpose]);
    const challenge = encodeBase64url(concatBytes(claim, this.#proofOf(claim, whose, purpose)));
    return { challenge, lifeMs: lifeMs[purpose] };
  }

  /** Throws unless this challenge is open for them and that purpose. It stays open until `spend`. @param challenge untrusted base64url */
  require(challenge: string, whose: string, purpose: ChallengePurpose): void {
    const bytes = decodeBase64url(challenge);
    const claim = bytes.subarray(0, claimLength);
    // Why equalBytes: it is constant-time. Why first: nothing that another made is read as an end.
    const isOurs = equalBytes(bytes.subarray(claimLength), this.#proofOf(claim, whose, purpose));
    if (isOurs && endOf(claim) > this.#clock.monotonicMs() && !this.#spent.has(challenge)) return;
    throw new ForbiddenError("challenge-invalid", "This statement answers no open challenge: it may be too old.", {
      next: "Ask for a new challenge and sign again.",
    });
  }

  /** Only of one that `require` took, and only on success, so that a refused statement can be corrected and sent again. */
  spend(challenge: string): void {
    this.#spent.set(challenge, endOf(decodeBase64url(challenge)));
    if (this.#spent.size >= this.#sweepAt) this.#forgetEnded();
  }

  /** Of one that was spent in a commit which then failed. */
  reopen(challenge: string): void {
    this.#spent.delete(challenge);
  }

  #proofOf(claim: Uint8Array, whose: string, purpose: ChallengePurpose): Uint8Array {
    return hmacSha256(this.#key, ctx("challenge", claim, purpose, whose)).subarray(0, length - claimLength);
  }

  /** Why not each time: every check-in would walk through all of the last ten minutes. */
  #forgetEnded(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [spent, endMs] of this.#spent) if (endMs <= nowMs) this.#spent.delete(spent);
    this.#sweepAt = Math.max(fewestSwept, 2 * this.#spent.size);
  }
}

function writeEnd(claim: Uint8Array, endMs: number): void {
  Buffer.from(claim.buffer, claim.byteOffset, claim.length).writeUIntBE(endMs, 0, endLength);
}

function endOf(claim: Uint8Array): number {
  return Buffer.from(claim.buffer, claim.byteOffset, claim.length).readUIntBE(0, endLength);
}
