import type { Clock } from "@afterkeep/platform";
import { createRateLimiter, TooManyCallsError } from "./rate-limiter.ts";

/** Failed attempts within ten minutes. */
export type SignInLimits = {
  /** At one account from one network address; then that address waits. */
  perAddressAndAccount: number;
  /** At one account from everywhere; then every address is slowed at this account, and none is kept out. */
  perAccount: number;
};

/** Who tries to get into what: a network address, and the keyed index of an e-mail address. */
export type SignInAttempt = { address: string; account: string };

/**
 * Counts failed sign-ins. An attempt counts as failed until it has succeeded, so that many at once gain nothing.
 * Why by address and account together: by account alone, whoever knows an e-mail address could keep its owner out.
 */
export type SignInLimiter = {
  /** Throws TooManyCallsError. */
  begin(attempt: SignInAttempt): void;
  succeed(attempt: SignInAttempt): void;
};

const slowMs = 30_000;

export function createSignInLimiter(clock: Clock, limits: SignInLimits): SignInLimiter {
  const attempts = createRateLimiter(clock);
  // Why another one: while an account is under attack from many addresses, one attempt in half a minute is let in from each.
  const slow = createRateLimiter(clock, slowMs);
  const namesOf = ({ address, account }: SignInAttempt) => ({ own: `${address} ${account}`, all: account });
  return {
    begin: (attempt) => {
      const { own, all } = namesOf(attempt);
      attempts.take(own, limits.perAddressAndAccount);
      if (mayPass(() => attempts.take(all, limits.perAccount))) return;
      try {
        slow.take(own, 1);
      } catch (error) {
        attempts.giveBack(own);
        throw error;
      }
    },
    succeed: (attempt) => {
      const { own, all } = namesOf(attempt);
      attempts.giveBack(own);
      attempts.giveBack(all);
    },
  };
}

function mayPass(take: () => void): boolean {
  try {
    take();
    return true;
  } catch (error) {
    if (error instanceof TooManyCallsError) return false;
    throw error;
  }
}
