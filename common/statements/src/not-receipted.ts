import { StatementError } from "./errors.ts";

/** Why an answer is no receipt for what was sent. */
export const notReceiptedReasons = {
  missing: "No receipt came back.",
  unreadable: "The answer is not a receipt of this product's keyholder.",
  signature: "The receipt is not signed by the keyholder that this device knows.",
  account: "The receipt is for another account.",
  statement: "The receipt is for another statement.",
  nonce: "The receipt answers another request.",
  mode: "The receipt mixes a demonstration with the real thing.",
  "next-key": "The receipt names another next key than the one this device knows.",
  stale: "The receipt is not newer than the last one this device saw.",
  "head-behind": "The keyholder does not know the newest changes of this account.",
  "head-fork": "The keyholder knows other changes than this device.",
  "row-missing": "The receipt says nothing about one of the bequests.",
  "row-unknown": "The receipt speaks of a bequest that this device does not know.",
  "row-twice": "The receipt speaks of a bequest twice.",
  policy: "The keyholder does not apply the newest policy of a bequest.",
  loosening: "The keyholder applies or delays a policy that it should not.",
  manifest: "The keyholder does not know the newest content of a bequest.",
  pause: "The keyholder did not pause what you asked it to.",
  disarm: "The keyholder does not know that a bequest was stopped.",
  request: "The keyholder still counts what somebody asked for, although you refused it.",
  "not-counted": "A bequest's time did not begin anew.",
  time: "The receipt promises less time than the policy gives.",
} as const;

export type NotReceiptedReason = keyof typeof notReceiptedReasons;

/** What was sent was not receipted. Show it: for the person it did not happen. */
export class NotReceiptedError extends Error {
  readonly code = "not-receipted";
  readonly reason: NotReceiptedReason;
  override readonly name = "NotReceiptedError";

  constructor(reason: NotReceiptedReason, what: "check-in" | "change" = "check-in", cause?: unknown) {
    const opening = what === "check-in" ? "This check-in did NOT count." : "This change was not receipted.";
    super(`${opening} ${notReceiptedReasons[reason]}`, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}

/** The reason that stands for a receipt which could not even be opened. */
export function reasonOfUnopened(error: unknown): NotReceiptedReason {
  return error instanceof StatementError && error.code === "signature" ? "signature" : "unreadable";
}
