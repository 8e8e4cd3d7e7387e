import { generateSecret, verifySync } from "otplib";

const stepSeconds = 30;

/** A new seed: 160 random bits as 32 characters of Base32. */
export function makeTotpSecret(): string {
  return generateSecret({ length: 20 });
}

/**
 * The 30-second step at which `code` is right, one step early or late included, and later than `afterStep`; null if there is none.
 * Source: RFC 6238, SHA-1, 6 digits. `nowMs` is real time: a demo's fast clock is no authenticator app's clock.
 */
export function acceptedTotpStep(totp: {
  secret: string;
  code: string;
  nowMs: number;
  afterStep: number;
}): number | null {
  const epoch = Math.floor(totp.nowMs / 1000);
  // Why the whole neighbouring step on both sides: phones drift, and people type slowly.
  const result = verifySync({ secret: totp.secret, token: totp.code, epoch, epochTolerance: stepSeconds });
  if (!result.valid || !("delta" in result)) return null;
  const step = Math.floor(epoch / stepSeconds) + result.delta;
  return step > totp.afterStep ? step : null;
}

const longestLockOutMs = 3_600_000;
/** By so much the clocks of two machines may differ. */
const clocksApartMs = 60_000;

/** How long an account waits after `failures` wrong codes in a row: nothing for four, then doubling from 30 s to an hour. */
export function lockOutMs(failures: number): number {
  return failures < 5 ? 0 : Math.min(longestLockOutMs, 30_000 * 2 ** (failures - 5));
}

/**
 * How long it still waits, 0 for not at all.
 *
 * Why no wait that is longer than any that is given: a clock in 2040 refuses the owner's codes and writes an end of that year. Put right, it must
 * not keep a living owner out for fourteen years. A minute more is another machine's word, and no reason to let a guesser go on.
 */
export function leftOfLockOut(lockedUntilMs: number, nowMs: number): number {
  const leftMs = lockedUntilMs - nowMs;
  return leftMs > 0 && leftMs <= longestLockOutMs + clocksApartMs ? leftMs : 0;
}
