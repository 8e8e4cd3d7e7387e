import type { kmsContract } from "@afterkeep/contracts";
import type { ZoneClient } from "@afterkeep/platform";
import { hmacIndex, type BlindIndexKey } from "./blind-index.ts";

export type Secrets = {
  opaqueServerSetup: string;
  /** The keyed hash under which an e-mail address is found. */
  indexOf(email: string): Buffer;
  /** The account id that an unknown address seems to have: the same one each time. */
  fakeAccountOf(email: string): string;
};

export type ApiSecrets = { get(): Promise<Secrets> };

/** This zone's secrets, kept by the kms zone outside the database and its backups; asked for once, kept in memory. */
export function createApiSecrets(kms: Pick<ZoneClient<typeof kmsContract>, "apiSecrets">): ApiSecrets {
  let known: Promise<Secrets> | null = null;
  const ask = async (): Promise<Secrets> => {
    const { opaqueServerSetup, blindIndexKey } = await kms.apiSecrets({});
    const key: BlindIndexKey = Buffer.from(blindIndexKey, "base64url");
    return {
      opaqueServerSetup,
      indexOf: (email) => hmacIndex(key, "email", email),
      fakeAccountOf: (email) => hmacIndex(key, "unknown-account", email).subarray(0, 16).toString("base64url"),
    };
  };
  return {
    get: () => {
      // Why forget a failure: the kms may start after us, and the next request asks again.
      known ??= ask().catch((error: unknown) => {
        known = null;
        throw error;
      });
      return known;
    },
  };
}
