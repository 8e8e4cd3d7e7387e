import { decodeBase64url, encodeBase64url, type Id, parseId } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import { type AgeIdentity, type BequestPlace, recipientOf } from "@afterkeep/formats";
import { answerAsk } from "@afterkeep/sealing";
import { StatementError, verifyAsked } from "@afterkeep/statements";
import { askablePolicies } from "./askable-policies.ts";
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
 * Asks for a bequest, as a signed policy of the owner's lets this recipient: proves the key, and verifies the keyholder's word that it was noted.
 * Throws RefusedError "not-possible" where no policy says anything of the kind, "release-mismatch" where the answer is not what was asked,
 * "chain-invalid" where it is, and may be one of an earlier day.
 *
 * Why any policy, newest first: while a newer one cools, or after a restore, the keyholder goes by an older one.
 */
export async function askFor(device: Device, b: string): Promise<Asked> {
  const { owner } = await readRecipient(device);
  const policies = askablePolicies(owner, b);
  if (policies.length === 0) throw new RefusedError("not-possible", "This is not yours to ask for.");
  const identity = await requireIdentity(device, owner);
  const { request, challenge } = await device.transport.call("proveToAsk", { params: { b } });
  const recipient = await recipientOf(identity);
  const places = [...new Set(policies.map(({ body }) => body.g))].map((g) => ({
    account: owner.account,
    b: parseId(b),
    g,
    r: owner.r,
    recipient,
  }));
  try {
    const { place, nonce } = await answerAny(identity, places, parseId(request), decodeBase64url(challenge));
    const { asked } = await device.transport.call("ask", {
      params: { b },
      body: { request, nonce: encodeBase64url(nonce) },
    });
    const pinned = await pinnedKeyholder(device);
    const { account, g, r } = place;
    const { body } = verifyAsked(asked, keyholderKey(pinned), { account, b, g, r, request, mode: pinned.mode });
    if (!policies.some(({ id }) => id === body.policyHash)) throw new StatementError("mismatch", "policyHash");
    // Why: over an older chain only what the keyholder says now tells that it went back itself. An answer of an earlier day may be played back.
    if (body.at <= (owner.lacksSince ?? 0)) throw unsure();
    return { request, waitMs: body.wait };
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

function unsure(): RefusedError {
  return new RefusedError(
    "chain-invalid",
    "It was sent. The server shows less of what its owner signed than this device has seen, so whether it was noted cannot be told on this device.",
    { next: "Look here again in a while, or ask from another device, with your passphrase or your key file." },
  );
}

/** For the generation that the keyholder holds, whichever that is. Throws DecryptionError if it is none of these. */
async function answerAny(identity: AgeIdentity, places: readonly BequestPlace[], request: Id, challenge: Uint8Array) {
  for (const place of places) {
    try {
      return { place, nonce: await answerAsk(identity, place, request, challenge) };
    } catch (error) {
      if (!(error instanceof DecryptionError)) throw error;
    }
  }
  throw new DecryptionError();
}
