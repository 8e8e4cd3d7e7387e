import type { Bytes, Id } from "@afterkeep/bytes";
import type { AgeIdentity, AgeRecipient } from "./age-keys.ts";
import { bequestContextLength } from "./bequest.ts";
import { sealedRecord } from "./sealed-record.ts";
import { bytesField, idField, objectField } from "./shape.ts";

/** What the keyholder gives to a recipient who proved their key, once a release was decided. */
export type Grant = {
  readonly bequest: Bytes;
  readonly share: Bytes;
  readonly manifestHash: Bytes;
  readonly policyHash: Bytes;
  readonly outerHash: Bytes;
  readonly decisionId: Id;
};

/** What the keyholder asks a recipient to open, to see that they hold the key: the answer is the nonce. */
export type ProofChallenge = { readonly bequest: Bytes; readonly decisionId: Id; readonly nonce: Bytes };

/** What it asks a recipient to open who asks for a bequest. Why other fields than a proof's: one is never answered for the other. */
export type AskChallenge = { readonly asks: Bytes; readonly requestId: Id; readonly nonce: Bytes };

const sealedGrant = sealedRecord(
  objectField<Grant>({
    bequest: bytesField(bequestContextLength),
    share: bytesField(32),
    manifestHash: bytesField(32),
    policyHash: bytesField(32),
    outerHash: bytesField(32),
    decisionId: idField,
  }),
  2048,
);

const sealedChallenge = sealedRecord(
  objectField<ProofChallenge>({
    bequest: bytesField(bequestContextLength),
    decisionId: idField,
    nonce: bytesField(32),
  }),
  1024,
);

const sealedAsking = sealedRecord(
  objectField<AskChallenge>({
    asks: bytesField(bequestContextLength),
    requestId: idField,
    nonce: bytesField(32),
  }),
  1024,
);

/** Seals a grant to pk_r of the signed policy. */
export function sealGrant(recipient: AgeRecipient, grant: Grant): Promise<Bytes> {
  return sealedGrant.seal(recipient, grant);
}

/** Opens an untrusted grant. Throws DecryptionError. The caller compares B, hashes and commitment with the signed policy. */
export function openGrant(recipientIdentity: AgeIdentity, file: Uint8Array): Promise<Grant> {
  return sealedGrant.open(recipientIdentity, file);
}

/** Seals a proof challenge to pk_r; whoever answers its nonce holds the key. */
export function sealProofChallenge(recipient: AgeRecipient, challenge: ProofChallenge): Promise<Bytes> {
  return sealedChallenge.seal(recipient, challenge);
}

/** Opens an untrusted proof challenge. Throws DecryptionError. The caller compares B and the decision before answering. */
export function openProofChallenge(recipientIdentity: AgeIdentity, file: Uint8Array): Promise<ProofChallenge> {
  return sealedChallenge.open(recipientIdentity, file);
}

/** Seals the challenge of a recipient who asks for a bequest to pk_r; whoever answers its nonce holds the key. */
export function sealAskChallenge(recipient: AgeRecipient, challenge: AskChallenge): Promise<Bytes> {
  return sealedAsking.seal(recipient, challenge);
}

/** Opens an untrusted ask challenge. Throws DecryptionError, also for a proof challenge. The caller compares B before answering. */
export function openAskChallenge(recipientIdentity: AgeIdentity, file: Uint8Array): Promise<AskChallenge> {
  return sealedAsking.open(recipientIdentity, file);
}
