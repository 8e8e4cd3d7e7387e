import { encodeBase64url, randomBytes } from "@afterkeep/bytes";
import { ConflictError, ForbiddenError, InvariantError, NotFoundError } from "@afterkeep/platform";
import { tokenCheckInId, tokenHash } from "@afterkeep/statements";
import type { KeyholderParts } from "../parts.ts";
import { hasAccount } from "../store/accounts.ts";
import { findReceipt } from "../store/statements.ts";
import { addToken, findToken, useToken } from "../store/tokens.ts";
import { hearAll } from "./hear-all.ts";
import type { OnVerified } from "./hear-or-note.ts";
import { writeReceipt } from "./receipt.ts";

/** A new one-time token for a mail link. Only its hash stays here. */
export function mintToken(parts: KeyholderParts, account: string): string {
  if (!hasAccount(parts.store, account))
    throw new NotFoundError("account-unknown", "The keyholder does not know this account.");
  const token = encodeBase64url(randomBytes(32));
  parts.store.commit(() => addToken(parts.store, account, token, "reminder"));
  return token;
}

type TokenAnswer = { account: string; statement: string; receipt: string };

/**
 * A check-in by mail link: a weak sign. The same token with the same nonce gets the same receipt, so that a lost answer can be
 * asked for again; with another nonce it is refused.
 */
export function submitToken(
  parts: KeyholderParts,
  { token, nonce }: { token: string; nonce: string },
  onVerified: OnVerified,
): TokenAnswer {
  const stored = findToken(parts.store, token);
  if (stored === null) throw new NotFoundError("token-unknown", "This link is not valid any more.");
  const { account } = stored;
  const statement = tokenCheckInId(account, token, nonce);
  if (stored.usedBy === statement) return { account, statement, receipt: receiptOf(parts, statement) };
  if (stored.usedBy !== "") throw new ConflictError("token-used", "This link was used already.");
  return { account, statement, receipt: acceptToken(parts, { account, token, statement, nonce }, onVerified) };
}

function acceptToken(
  parts: KeyholderParts,
  { account, token, statement, nonce }: { account: string; token: string; statement: string; nonce: string },
  onVerified: OnVerified,
): string {
  const moment = parts.time.advance();
  const head = parts.chains.find(account)?.head;
  if (head === undefined) throw new InvariantError("account-lost", "Something went wrong on our side.");
  // Why by the token: whoever has it can make any number of statements of it, by other nonces.
  onVerified({ account, sign: tokenHash(token), class: "token" });
  return parts.store.commit(() => {
    const heard = hearAll(parts, account, () => ({ kind: "token", id: statement }), moment);
    const isForNone = heard.read.length + heard.unread.length === 0;
    if (!isForNone && !heard.read.some(({ accepted }) => accepted)) {
      throw new ForbiddenError("sign-not-accepted", "This link cannot count as a sign of life now.", {
        next: "Sign in and check in there.",
      });
    }
    useToken(parts.store, token, statement);
    return writeReceipt(parts, { account, statement, nonce, challenge: tokenHash(token), head }, heard, moment);
  });
}

function receiptOf(parts: KeyholderParts, statement: string): string {
  const receipt = findReceipt(parts.store, statement);
  if (receipt === null) throw new InvariantError("receipt-lost", "Something went wrong on our side.");
  return receipt;
}
