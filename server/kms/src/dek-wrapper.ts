import { randomBytes } from "node:crypto";
import { concatBytes, equalBytes, idBytes, parseId } from "@afterkeep/bytes";
import { ctx } from "@afterkeep/crypto";
import { InputError } from "@afterkeep/platform";
import { decryptAesGcm, encryptAesGcm } from "./aes-gcm.ts";
import type { Kek } from "./key-file.ts";

export type DekWrapper = {
  /** A fresh data-encryption key for the tenant, and the form in which it may be stored. Both base64url. */
  createDek(tenant: string): { dek: string; wrapped: string };
  /** Throws InputError `dek-not-unwrapped`, always with the same words, unless `wrapped` was made here for this tenant. */
  unwrapDek(tenant: string, wrapped: string): { dek: string };
};

const formatByte = 1;
const kekIdLength = 8;

/**
 * Wraps data-encryption keys under a key-encryption key. `wrapped` is base64url of `01 ‖ kek id(8) ‖ nonce(12) ‖ AES-256-GCM(dek) ‖
 * tag(16)`, aad = ctx("dek", tenant) with the bytes before the nonce in front.
 */
export function createDekWrapper(kek: Kek): DekWrapper {
  const prefix = concatBytes(Uint8Array.of(formatByte), kek.id);
  const aadOf = (tenant: string) => concatBytes(prefix, ctx("dek", idBytes(parseId(tenant))));
  return {
    createDek: (tenant) => {
      const dek = randomBytes(32);
      const wrapped = Buffer.concat([prefix, encryptAesGcm(kek.key, aadOf(tenant), dek)]);
      return { dek: dek.toString("base64url"), wrapped: wrapped.toString("base64url") };
    },
    unwrapDek: (tenant, wrapped) => {
      try {
        const bytes = Buffer.from(wrapped, "base64url");
        if (bytes.toString("base64url") !== wrapped) throw new Error("not canonical");
        if (!equalBytes(bytes.subarray(0, 1 + kekIdLength), prefix)) throw new Error("not under this key");
        const dek = decryptAesGcm(kek.key, aadOf(tenant), bytes.subarray(1 + kekIdLength));
        return { dek: dek.toString("base64url") };
      } catch (cause) {
        throw new InputError("dek-not-unwrapped", "This wrapped key was not made here for this account.", { cause });
      }
    },
  };
}
