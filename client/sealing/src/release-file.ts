import { type Bytes, decodeBase64url, encodeBase64url, type Id, MalformedError } from "@afterkeep/bytes";
import {
  type AgeRecipient,
  bytesField,
  countField,
  type Field,
  idField,
  jcsCodec,
  listField,
  maxHeaderLength,
  objectField,
  parsedField,
  parseHybridRecipient,
  textField,
} from "@afterkeep/formats";
import type { StoredDocument } from "./open-document.ts";

/** A row of a saved release. The header is in the document's own file; the slice hashes of a payload are in no age file. */
export type SavedRow = Omit<StoredDocument, "header"> & { readonly headerLen: number; readonly leaves: Uint8Array };

/** `release.json`: everything that was handed out for a release, as it was, so that it can be verified again without a server. */
export type ReleaseFile = {
  readonly format: "afterkeep-release-1";
  readonly account: Id;
  readonly b: Id;
  readonly g: number;
  readonly r: Id;
  readonly decisionId: Id;
  /** pk_r. */
  readonly recipient: AgeRecipient;
  /** The owner's raw Ed25519 key. Believed only against a key file, or by the safety words made of it. */
  readonly ownerKey: Bytes;
  readonly keyholder: { readonly publicKey: Bytes; readonly mode: "real" | "demo" };
  /** Wall clock of the device that saved, ms. For display. */
  readonly savedAt: number;
  readonly release: string;
  readonly grant: Uint8Array;
  readonly outer: Uint8Array;
  readonly path: Uint8Array;
  readonly chain: readonly string[];
  readonly manifests: readonly Uint8Array[];
  readonly documents: readonly SavedRow[];
};

/** Bytes of JSON at most; engines make no text much longer. Enough for 100,000 documents, or for their last 16 lists of 10,000. */
const maxLength = 2 ** 28;

const sealedField: Field<Uint8Array> = {
  encode: (bytes) => encodeBase64url(bytes),
  decode: (value) => {
    if (typeof value !== "string") throw new MalformedError("release file");
    return decodeBase64url(value);
  },
};

function oneOf<T extends string>(...allowed: readonly T[]): Field<T> {
  const check = (value: unknown): T => {
    const found = allowed.find((one) => one === value);
    if (found === undefined) throw new MalformedError("release file");
    return found;
  };
  return { encode: check, decode: check };
}

const statementField = textField(262_144);

const codec = jcsCodec<ReleaseFile>(
  objectField<ReleaseFile>({
    format: oneOf("afterkeep-release-1"),
    account: idField,
    b: idField,
    g: countField(0xffff_ffff),
    r: idField,
    decisionId: idField,
    recipient: parsedField(parseHybridRecipient),
    ownerKey: bytesField(32),
    keyholder: objectField<ReleaseFile["keyholder"]>({ publicKey: bytesField(32), mode: oneOf("real", "demo") }),
    savedAt: countField(),
    release: statementField,
    grant: sealedField,
    outer: sealedField,
    path: sealedField,
    chain: listField(statementField, 100_000),
    manifests: listField(sealedField, 16),
    documents: listField(
      objectField<SavedRow>({
        docId: idField,
        verId: idField,
        headerLen: countField(maxHeaderLength),
        rev: countField(),
        metadata: sealedField,
        leaves: sealedField,
      }),
      100_000,
    ),
  }),
  maxLength,
);

export function encodeReleaseFile(file: ReleaseFile): Bytes {
  return codec.encode(file);
}

/** Reads an untrusted `release.json`. Throws MalformedError. Nothing in it is true before openSavedRelease says so. */
export function decodeReleaseFile(bytes: Uint8Array): ReleaseFile {
  return codec.decode(bytes);
}

/** Where a document lies in the folder of a saved release. */
export function savedPath({ docId, verId }: Pick<StoredDocument, "docId" | "verId">): string {
  return `documents/${docId}.${verId}.age`;
}
