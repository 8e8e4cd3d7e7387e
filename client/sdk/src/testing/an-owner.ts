import { newId, randomBytes } from "@afterkeep/bytes";
import { generateIdentity, type Keyring, recipientOf, wrapKeyring } from "@afterkeep/formats";
import { encodeBase64url } from "@afterkeep/bytes";
import { openOwnerKeys, type OwnerKeys } from "../owner-keys.ts";

/** An owner's keys, as signing up makes them. */
export async function anOwner(): Promise<OwnerKeys> {
  const account = newId(1_700_000_000_000);
  const rootKey = randomBytes(32);
  const ageIdentity = await generateIdentity("hybrid");
  const seeds = { ownerSeed: randomBytes(32), mlsSeed: randomBytes(32) };
  const keyring: Keyring = { ageIdentity, ageRecipient: await recipientOf(ageIdentity), ...seeds, version: 1 };
  const wrapped = encodeBase64url(wrapKeyring(rootKey, account, keyring));
  return openOwnerKeys(account, rootKey, { version: 1, wrapped });
}
