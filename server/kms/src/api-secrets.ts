import { randomBytes } from "node:crypto";
import { kmsContract } from "@afterkeep/contracts";
import * as opaque from "@serenity-kit/opaque";
import type { z } from "zod";

/** What the api zone needs and the database must never hold (protocol §1): with it, a stolen database could be guessed offline. */
export const apiSecretsSchema = kmsContract.apiSecrets.response;
export type ApiSecrets = z.infer<typeof apiSecretsSchema>;

/** A fresh OPAQUE server setup (RFC 9807: OPRF seed and AKE key pair) and a fresh key for blind indexes. */
export async function createApiSecrets(): Promise<ApiSecrets> {
  await opaque.ready;
  return {
    opaqueServerSetup: opaque.server.createSetup(),
    blindIndexKey: randomBytes(32).toString("base64url"),
  };
}
