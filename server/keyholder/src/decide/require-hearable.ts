import { encodeBase64url, randomBytes } from "@afterkeep/bytes";
import { InvariantError } from "@afterkeep/platform";
import type { KeyholderParts } from "../parts.ts";
import { nextCounter } from "../store/accounts.ts";
import { eachBequest } from "../store/bequests.ts";
import { findRefusedSign } from "../store/refused-signs.ts";
import { addReceipt } from "../store/statements.ts";
import { saveBequest } from "../switches/save-bequest.ts";

/** The same for one walk through what is due. Why once for those of one owner that follow each other: each asks for all that its owner has. */
export function requireHearableOnce(parts: KeyholderParts, attendedMs: number): (account: string) => void {
  let last = "";
  return (account) => {
    // Why each time: signs are heard between the commits of a walk.
    requireNoneRefused(parts, account);
    if (account !== last) requireWritable(parts, account, attendedMs);
    last = account;
  };
}

/**
 * Throws where a sign of the owner's could not be written now, whatever it is that the disk does not give: their statements, one of their records, or a neighbour's that a
 * search for theirs reads; and where one that could not be written has not been taken in. Whoever cannot be heard may check in every day, and their silence says nothing. A
 * record that cannot be read is none of that: a sign counts for all the others.
 */
export function requireHearable(parts: KeyholderParts, account: string): void {
  requireNoneRefused(parts, account);
  requireWritable(parts, account, parts.time.now().attendedMs);
}

function requireNoneRefused({ store }: KeyholderParts, account: string): void {
  if (findRefusedSign(store, account) === null) return;
  throw new InvariantError("sign-not-taken-in", "Something went wrong on our side.");
}

/** The same but for what has not been taken in. */
export function requireWritable(parts: KeyholderParts, account: string, attendedMs: number): void {
  const { store, chains } = parts;
  if (chains.find(account) === null) throw new InvariantError("account-lost", "Something went wrong on our side.");
  const save = (bequest: Parameters<typeof saveBequest>[1]) => saveBequest(store, bequest, attendedMs);
  store.rehearse(() => {
    eachBequest(store, account, save, () => {});
    const counter = nextCounter(store, account);
    const name = encodeBase64url(randomBytes(32));
    addReceipt(store, { statement: name, account, challenge: name, counter, jws: "" });
  });
}
