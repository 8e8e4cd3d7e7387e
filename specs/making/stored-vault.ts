import { type Bytes, concatBytes, copyBytes, encodeBase64url, encodeUtf8, type Id, nilId } from "@afterkeep/bytes";
import { sign, type SigningKey } from "@afterkeep/crypto";
import {
  type AgeIdentity,
  encodeJcs,
  type ManifestEntry,
  manifestHash,
  recipientOf,
  sealManifest,
  sortEntries,
} from "@afterkeep/formats";
import { sealObject, type SealingPlan } from "@afterkeep/sealing";
import { signedStatement } from "@afterkeep/statements";

/** What a server stores of one version, as the reader's files. */
export type StoredVersion = { readonly files: Readonly<Record<string, Bytes>>; readonly entry: ManifestEntry };

/** Seals a source as planned; header, object and the metadata record of revision 0. */
export async function storedVersion(plan: SealingPlan, source: Uint8Array): Promise<StoredVersion> {
  const name = `${plan.docId}.${plan.verId}`;
  const sealed = sealObject(plan, new Blob([copyBytes(source)]).stream());
  const parts: Bytes[] = [];
  for await (const part of sealed.object) parts.push(part);
  const files = {
    [`${name}.header`]: plan.header,
    [`${name}.0.metadata`]: plan.metadata,
    [`${name}.object`]: concatBytes(...parts),
  };
  return { files, entry: sealed.entry() };
}

export type VaultPlace = {
  readonly account: Id;
  readonly identity: AgeIdentity;
  readonly owner: SigningKey;
  readonly mseq: number;
  readonly prev: Bytes | null;
  /** 32 bytes, base64url, each: what the statement says of the keyholder and the chain. */
  readonly aud: string;
  readonly challenge: string;
};

/** The vault manifest of these entries, its statement, and what a reader trusts. */
export async function signedVault(
  place: VaultPlace,
  entries: readonly ManifestEntry[],
): Promise<Record<string, Bytes>> {
  const { account, identity, owner, mseq, prev, aud, challenge } = place;
  const where = { account, b: nilId, g: 0 };
  const body = { ...where, mseq, prev, entries: sortEntries(entries), message: "" };
  const file = await sealManifest([await recipientOf(identity)], body);
  const said = {
    ...{ aud, account, challenge, iat: 1_700_000_000, seq: 1, prev: challenge },
    ...{ b: nilId, g: 0, mseq, manifestHash: encodeBase64url(manifestHash(file)) },
  };
  const { jws } = await signedStatement("manifest", said, {
    publicKey: owner.publicKey,
    sign: (message) => sign(message, owner),
  });
  return {
    "manifest.age": file,
    "manifest.jws": encodeUtf8(jws),
    "identity.txt": encodeUtf8(`${identity}\n`),
    "trust.json": encodeJcs({ ...where, ownerKey: encodeBase64url(owner.publicKey) }),
  };
}
