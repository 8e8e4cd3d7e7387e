import { type Bytes, type Id, nilId } from "@afterkeep/bytes";
import type { AgeIdentity, AgeRecipient } from "./age-keys.ts";
import { contactCommit } from "./commitments.ts";
import { sealedRecord } from "./sealed-record.ts";
import { bytesField, idField, objectField, textField } from "./shape.ts";

/** The owner's own address, for last calls. The policy names only its commitment. */
export type ContactDeposit = { readonly account: Id; readonly salt: Bytes; readonly address: string };

const sealed = sealedRecord(
  objectField<ContactDeposit>({ account: idField, salt: bytesField(32), address: textField(254) }),
  1024,
);

/** Seals the address to a one-time key of the keyholder, so that the zones on the way do not learn it from here. */
export function sealContactDeposit(oneTimeRecipient: AgeRecipient, contact: ContactDeposit): Promise<Bytes> {
  return sealed.seal(oneTimeRecipient, contact);
}

/** Opens an untrusted contact deposit. Throws DecryptionError. The caller compares the account. */
export function openContactDeposit(oneTimeIdentity: AgeIdentity, file: Uint8Array): Promise<ContactDeposit> {
  return sealed.open(oneTimeIdentity, file);
}

/** What a policy's `contacts` and `depositContact` call this address: a contact commitment with the nil id as person. */
export function contactDepositCommit({ account, salt, address }: ContactDeposit): Bytes {
  return contactCommit(account, nilId, salt, address);
}
