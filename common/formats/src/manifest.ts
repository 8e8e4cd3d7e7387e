import { type Bytes, equalBytes, type Id, MalformedError, nilId } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import type { AgeIdentity, AgeRecipient } from "./age-keys.ts";
import { ageOpenMine, ageSealSmall } from "./age-small.ts";
import { manifestHash } from "./commitments.ts";
import { decodeSealed } from "./sealed-record.ts";
import {
  bytesField,
  countField,
  idField,
  jcsCodec,
  listField,
  objectField,
  optionalBytesField,
  textField,
} from "./shape.ts";

/** One version of one document, named so exactly that nothing can be put in its place. */
export type ManifestEntry = {
  readonly docId: Id;
  readonly verId: Id;
  readonly payloadLen: number;
  readonly payloadRoot: Bytes;
  readonly fkCommit: Bytes;
  readonly metaHash: Bytes;
};

/** What an owner says is in a bequest, or (b = 0¹⁶, g = 0) in their own vault. */
export type Manifest = {
  readonly account: Id;
  readonly b: Id;
  readonly g: number;
  /** Counts manifests of (b, g), from 1. */
  readonly mseq: number;
  /** manifestHash of the one before; null exactly for the first. */
  readonly prev: Bytes | null;
  /** In ascending order of (docId, verId) as text, each pair once. */
  readonly entries: readonly ManifestEntry[];
  /** The owner's words to the recipients; empty in the vault. */
  readonly message: string;
};

/** Bytes of a sealed manifest file at most. */
export const maxManifestLength = 16 * 2 ** 20;
export const maxMessageLength = 256 * 1024;

const codec = jcsCodec<Manifest>(
  objectField<Manifest>({
    account: idField,
    b: idField,
    g: countField(0xffff_ffff),
    mseq: countField(),
    prev: optionalBytesField(32),
    entries: listField(
      objectField<ManifestEntry>({
        docId: idField,
        verId: idField,
        payloadLen: countField(),
        payloadRoot: bytesField(32),
        fkCommit: bytesField(32),
        metaHash: bytesField(32),
      }),
      100_000,
    ),
    message: textField(maxMessageLength),
  }),
  maxManifestLength,
);

/**
 * The sealed manifest file, age→(owner, BI_g) or age→owner for the vault. Its manifestHash goes into a signed `manifest`
 * statement; without that statement the file proves nothing.
 */
export async function sealManifest(recipients: readonly AgeRecipient[], manifest: Manifest): Promise<Bytes> {
  expectConsistent(manifest);
  return ageSealSmall(recipients, codec.encode(manifest));
}

/**
 * Opens an untrusted manifest file against the hash from a verified statement or grant. Throws DecryptionError if it is another
 * file, another account's, bequest's or generation's, or inconsistent.
 */
export async function openManifest(
  identity: AgeIdentity,
  file: Uint8Array,
  expected: { readonly hash: Uint8Array; readonly account: Id; readonly b: Id; readonly g: number },
): Promise<Manifest> {
  if (!equalBytes(manifestHash(file), expected.hash)) throw new DecryptionError();
  const manifest = decodeSealed(decodeManifest, await ageOpenMine(identity, file));
  const { account, b, g } = expected;
  if (manifest.account !== account || manifest.b !== b || manifest.g !== g) throw new DecryptionError();
  return manifest;
}

/** Orders entries as a manifest needs them. */
export function sortEntries(entries: readonly ManifestEntry[]): ManifestEntry[] {
  return [...entries].sort((x, y) => (orderOf(x) < orderOf(y) ? -1 : 1));
}

function decodeManifest(bytes: Uint8Array): Manifest {
  const manifest = codec.decode(bytes);
  expectConsistent(manifest);
  return manifest;
}

function expectConsistent(manifest: Manifest): void {
  const order = manifest.entries.map(orderOf);
  const isSorted = order.every((key, i) => i === 0 || (order[i - 1] ?? "") < key);
  const isChained = manifest.mseq >= 1 && (manifest.prev === null) === (manifest.mseq === 1);
  const isVault = manifest.b === nilId;
  if (!isSorted || !isChained || isVault !== (manifest.g === 0) || (isVault && manifest.message !== "")) {
    throw new MalformedError("manifest");
  }
}

function orderOf(entry: ManifestEntry): string {
  return `${entry.docId}${entry.verId}`;
}
