import { encodeBase64url, randomBytes } from "@afterkeep/bytes";
import { type Clock, ForbiddenError } from "@afterkeep/platform";

/** What an owner asks for; and `delegated`, which a delegate's check-in answers and nothing else does. */
export type ChallengePurpose = "control" | "stricter" | "checkin" | "delegated";
type OpenChallenge = { whose: string; purpose: ChallengePurpose; expiresMs: number };

const minuteMs = 60_000;
const lifeMs: Record<ChallengePurpose, number> = {
  control: 24 * 60 * minuteMs,
  stricter: 10 * minuteMs,
  checkin: 10 * minuteMs,
  delegated: 10 * minuteMs,
};
const maxEach = 32;
const maxOpen = 20_000;

/**
 * Whose a delegate's challenges are. Why not the account's: anybody who knows the key may ask for them, and must crowd out none that the owner needs.
 * @param key its raw public key, base64url
 */
export function delegateOf(account: string, key: string): string {
  return `${account} ${key}`;
}

/**
 * Freshness of statements: each answers a challenge of this process. Kept in memory only, so none outlives a restart, and aged
 * by the monotonic clock, so a wall clock put back revives none.
 */
export class Challenges {
  readonly #clock: Clock;
  readonly #open = new Map<string, OpenChallenge>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A new one; its life in ms is for display. The oldest gives way when they are too many. @param whose an account, or `delegateOf` */
  issue(whose: string, purpose: ChallengePurpose): { challenge: string; lifeMs: number } {
    this.#forgetExpired();
    const own = [...this.#open].filter(([, open]) => open.whose === whose);
    if (own.length >= maxEach) this.#open.delete(own[0]?.[0] ?? "");
    if (this.#open.size >= maxOpen) this.#open.delete(this.#open.keys().next().value ?? "");
    const challenge = encodeBase64url(randomBytes(32));
    this.#open.set(challenge, { whose, purpose, expiresMs: this.#clock.monotonicMs() + lifeMs[purpose] });
    return { challenge, lifeMs: lifeMs[purpose] };
  }

  /** Throws unless this challenge is open for them and that purpose. It stays open until `spend`. */
  require(challenge: string, whose: string, purpose: ChallengePurpose): void {
    const open = this.#open.get(challenge);
    const isOpen = open !== undefined && open.expiresMs > this.#clock.monotonicMs();
    if (isOpen && open.whose === whose && open.purpose === purpose) return;
    throw new ForbiddenError("challenge-invalid", "This statement answers no open challenge: it may be too old.", {
      next: "Ask for a new challenge and sign again.",
    });
  }

  /** Only on success, so that a refused statement can be corrected and sent again. */
  spend(challenge: string): void {
    this.#open.delete(challenge);
  }

  #forgetExpired(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [challenge, open] of this.#open) if (open.expiresMs <= nowMs) this.#open.delete(challenge);
  }
}
