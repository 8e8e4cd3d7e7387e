import { type Bytes, MalformedError } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import { type AgeIdentity, type AgeRecipient, parseHybridRecipient } from "./age-keys.ts";
import { ageOpenMine, ageSealSmall } from "./age-small.ts";
import { type Field, jcsCodec } from "./shape.ts";

/** A record that travels as an age file to one hybrid key. */
export type SealedRecord<T> = {
  seal(recipient: AgeRecipient, record: T): Promise<Bytes>;
  /** Takes untrusted bytes. DecryptionError for everything: a wrong form inside is a wrong sender. */
  open(identity: AgeIdentity, file: Uint8Array): Promise<T>;
};

export function sealedRecord<T>(field: Field<T>, maxBytes: number): SealedRecord<T> {
  const codec = jcsCodec(field, maxBytes);
  return {
    seal: async (recipient, record) => ageSealSmall([parseHybridRecipient(recipient)], codec.encode(record)),
    open: async (identity, file) => decodeSealed((bytes) => codec.decode(bytes), await ageOpenMine(identity, file)),
  };
}

/** Decodes what was inside an opened seal; MalformedError becomes DecryptionError. */
export function decodeSealed<T>(decode: (bytes: Uint8Array) => T, bytes: Uint8Array): T {
  try {
    return decode(bytes);
  } catch (error) {
    if (error instanceof MalformedError) throw new DecryptionError();
    throw error;
  }
}
