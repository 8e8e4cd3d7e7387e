import { decodeBase64urlExact, encodeBase64url, idBytes, parseId } from "@afterkeep/bytes";
import { ctx, hash } from "@afterkeep/crypto";

/** What the keyholder stores of a mail link's token: H(token), base64url. */
export function tokenHash(token: string): string {
  return encodeBase64url(hash(decodeBase64urlExact(token, 32, "token")));
}

/**
 * The statement id of a check-in by mail link: H(ctx("token", account, H(token), nonce)), base64url. The nonce is the caller's own,
 * so that a receipt cannot have been made before the person pressed the button. Throws MalformedError.
 */
export function tokenCheckInId(account: string, token: string, nonce: string): string {
  const tokenHashBytes = hash(decodeBase64urlExact(token, 32, "token"));
  return encodeBase64url(
    hash(ctx("token", idBytes(parseId(account)), tokenHashBytes, decodeBase64urlExact(nonce, 32, "nonce"))),
  );
}
