import { decodeBase64urlExact, encodeBase64url, idBytes, parseId } from "@afterkeep/bytes";
import { ctx, hash } from "@afterkeep/crypto";

/**
 * The statement id of an attested sign: H(ctx("attested", account, event)), base64url. The event is 32 random bytes of the sign-in's own, so that whoever
 * says twice that it happened makes one sign of it. Throws MalformedError.
 */
export function attestedSignId(account: string, event: string): string {
  return encodeBase64url(hash(ctx("attested", idBytes(parseId(account)), decodeBase64urlExact(event, 32, "event"))));
}
