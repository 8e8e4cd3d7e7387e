import { decodeBase64url, encodeBase64url } from "@afterkeep/bytes";
import { generateSigningKey } from "@afterkeep/crypto";
import { signStatement } from "@afterkeep/formats";
import type { Keyholder } from "@afterkeep/keyholder";
import { openStatement } from "@afterkeep/statements";

/** Two people who run every stack. ForTestsOnly. */
const operators = [generateSigningKey(), generateSigningKey()] as const;
/** What each keeps in their key file. */
export const operatorSeeds = operators.map(({ seed }) => seed) as [Uint8Array, Uint8Array];
export const operatorKeys = operators.map(({ publicKey }) => encodeBase64url(publicKey));

/** An order for ten days, signed by both, for the keyholder as it is now. */
export async function aFreezeOrder({
  keyholder,
}: {
  keyholder: Pick<Keyholder, "handlers">;
}): Promise<[string, string]> {
  const asApi = { caller: "api", requestId: "test" } as const;
  const { publicKey } = await keyholder.handlers.info({}, asApi);
  const { state } = await keyholder.handlers.freezeState({}, asApi);
  const { aud, mode, epoch, freeze, challenge } = openStatement("freeze-state", state, decodeBase64url(publicKey)).body;
  const body = { aud, mode, epoch, what: "freeze", forMs: 10 * 86_400_000, freeze, challenge, iat: 0 };
  return [signStatement("freeze", body, operators[0]), signStatement("freeze", body, operators[1])];
}
