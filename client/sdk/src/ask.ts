import { decodeBase64url, encodeBase64url, parseId } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import { recipientOf } from "@afterkeep/formats";
import { answerAsk } from "@afterkeep/sealing";
import { latestPolicy, StatementError, verifyAsked } from "@afterkeep/statements";
import type { Device } from "./device.ts";
import { RefusedError } from "./errors.ts";
import { readRecipient, requireIdentity } from "./recipient-session.ts";
import { keyholderKey, pinnedKeyholder } from "./server-info.ts";

export type Asked = {
  readonly request: string;
  /** How long the owner has to say no once they were called, attended ms. */
  readonly waitMs: number;
};

/**
 * Asks for a bequest, as the owner's signed policy lets this recipient: proves the key, and verifies the keyholder's word that it was noted.
 * Throws RefusedError "not-possible" where the policy says nothing of the kind, "release-mismatch" where the answer is not what was asked.
 */
export async function askFor(device: Device, b: string): Promise<Asked> {
  const { owner } = await readRecipient(device);
  const policy = latestPolicy(owner.view, b);
  if (policy === null || !policy.body.requests.some(({ r }) => r === owner.r))
    throw new RefusedError("not-possible", "This is not yours to ask for.");
  const identity = await requireIdentity(device, owner);
  const place = {
    account: owner.account,
    b: parseId(b),
    g: policy.body.g,
    r: owner.r,
    recipient: await recipientOf(identity),
  };
  const { request, challenge } = await device.transport.call("proveToAsk", { params: { b } });
  try {
    const nonce = await answerAsk(identity, place, parseId(request), decodeBase64url(challenge));
    const { asked } = await device.transport.call("ask", {
      params: { b },
      body: { request, nonce: encodeBase64url(nonce) },
    });
    const pinned = await pinnedKeyholder(device);
    const { account, g, r } = place;
    const expected = { account, b, g, r, request, policyHash: policy.id, mode: pinned.mode };
    return { request, waitMs: verifyAsked(asked, keyholderKey(pinned), expected).body.wait };
  } catch (error) {
    if (!(error instanceof DecryptionError) && !(error instanceof StatementError)) throw error;
    throw new RefusedError(
      "release-mismatch",
      "The server's answer is not what you asked, so it may not have been noted.",
      {
        next: "Try again later, and ask whoever runs the server.",
        cause: error,
      },
    );
  }
}
