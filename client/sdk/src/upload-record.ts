import { type Bytes, decodeBase64url, encodeBase64url, type Id, idBytes, MalformedError } from "@afterkeep/bytes";
import { ctx, DecryptionError, unwrap, wrap } from "@afterkeep/crypto";
import { countField, type Field, jcsCodec, objectField, textField } from "@afterkeep/formats";
import { decodePlan, encodePlan, type SealingPlan } from "@afterkeep/sealing";
import type { RandomSource } from "@afterkeep/bytes";
import type { OwnerKeys } from "./owner-keys.ts";
import type { JournalledUpload } from "./upload-journal.ts";

/** What a device must remember of an upload to go on with it, and what the person recognises it by. */
export type UploadRecord = {
  readonly plan: SealingPlan;
  readonly name: string;
  readonly folder: string;
  /** The file's own time, ms. */
  readonly modified: number;
  readonly source: string;
  /** Wall clock, ms. */
  readonly startedAt: number;
  /** It becomes the next version of a document that was there before. */
  readonly isVersion: boolean;
};

const maxRecordBytes = 2 ** 21;
const planField: Field<SealingPlan> = {
  encode: (plan) => encodeBase64url(encodePlan(plan)),
  decode: (value) => decodePlan(decodeBase64url(typeof value === "string" ? value : fail())),
};
const flagField: Field<boolean> = {
  encode: (flag) => flag,
  decode: (value) => (typeof value === "boolean" ? value : fail()),
};
const codec = jcsCodec<UploadRecord>(
  objectField<UploadRecord>({
    plan: planField,
    name: textField(1024),
    folder: textField(4096),
    modified: countField(),
    source: textField(16_384),
    startedAt: countField(),
    isVersion: flagField,
  }),
  maxRecordBytes,
);

/** wrap(RK, ctx("upload", account, docId, verId), same, JCS): whoever has the device's disk learns neither name nor file key. */
export function sealUploadRecord(keys: OwnerKeys, record: UploadRecord, random: RandomSource): JournalledUpload {
  const { account, docId: doc, verId: ver } = record.plan;
  const context = uploadContext({ account, doc, ver });
  const sealed = wrap(keys.rootKey, context, context, codec.encode(record), random);
  return { account, doc, ver, record: encodeBase64url(sealed) };
}

/** Opens an untrusted journal's record. null if it is of another account, damaged, or does not belong where it lies: it cannot be gone on with. */
export function openUploadRecord(keys: OwnerKeys, upload: JournalledUpload): UploadRecord | null {
  try {
    const context = uploadContext({ ...upload, account: keys.account });
    const record = codec.decode(unwrap(keys.rootKey, context, context, decodeBase64url(upload.record)));
    const { account, docId, verId } = record.plan;
    return account === keys.account && docId === upload.doc && verId === upload.ver ? record : null;
  } catch (error) {
    if (error instanceof DecryptionError || error instanceof MalformedError) return null;
    throw error;
  }
}

function uploadContext({ account, doc, ver }: { account: Id; doc: Id; ver: Id }): Bytes {
  return ctx("upload", idBytes(account), idBytes(doc), idBytes(ver));
}

function fail(): never {
  throw new MalformedError("upload record");
}
