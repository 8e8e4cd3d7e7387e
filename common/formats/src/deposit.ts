import type { Bytes } from "@afterkeep/bytes";
import { sha256 } from "@afterkeep/crypto";
import type { AgeIdentity, AgeRecipient } from "./age-keys.ts";
import { bequestContextLength } from "./bequest.ts";
import { sealedRecord } from "./sealed-record.ts";
import { bytesField, objectField } from "./shape.ts";

/** What a deposit carries to the keyholder: B, thumb(OK) and the share S_kh. */
export type Deposit = { readonly bequest: Bytes; readonly owner: Bytes; readonly share: Bytes };

const sealed = sealedRecord(
  objectField<Deposit>({ bequest: bytesField(bequestContextLength), owner: bytesField(32), share: bytesField(32) }),
  1024,
);

/** Seals a deposit to the keyholder's one-time hybrid key, whose signature the caller has verified. */
export function sealDeposit(oneTimeRecipient: AgeRecipient, deposit: Deposit): Promise<Bytes> {
  return sealed.seal(oneTimeRecipient, deposit);
}

/** Opens an untrusted deposit. Throws DecryptionError. The caller checks account, B and commitment against a signed policy. */
export function openDeposit(oneTimeIdentity: AgeIdentity, file: Uint8Array): Promise<Deposit> {
  return sealed.open(oneTimeIdentity, file);
}

/** H(deposit file): the same deposit sent twice is imported once. */
export function depositHash(file: Uint8Array): Bytes {
  return sha256(file);
}
