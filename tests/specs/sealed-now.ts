import { type Bytes, encodeBase64url, type Id, newId, randomBytes } from "@afterkeep/bytes";
import { generateSigningKey, type SigningKey } from "@afterkeep/crypto";
import { type AgeIdentity, type ManifestEntry, recipientOf } from "@afterkeep/formats";
import { planDocument, type SealingPlan } from "@afterkeep/sealing";
import { signedVault, storedVersion } from "../../specs/making/stored-vault.ts";
import type { Files } from "./run-reader.ts";

export const account = newId(1_700_000_000_000);
let now = 1_700_000_000_001;
const aud = encodeBase64url(randomBytes(32));
export const mebi = 2 ** 20;

export type Sealed = {
  readonly files: Files;
  readonly entry: ManifestEntry;
  readonly name: string;
  readonly content: Uint8Array;
  readonly plan: SealingPlan;
};

/** A document as the client seals one, under fresh keys. */
export async function seal(
  identity: AgeIdentity,
  size: number,
  place: { docId?: Id; verId?: Id } = {},
): Promise<Sealed> {
  const content = new Uint8Array(size).fill(7);
  crypto.getRandomValues(content.subarray(0, 65_000));
  const name = `${size} bytes`;
  const plan = await planDocument({
    ...{ account, docId: newId(now++), verId: newId(now++), ...place },
    recipients: [await recipientOf(identity)],
    metadata: { ...{ kind: "file", name, folder: "", mediaType: "", size, createdMs: 1, modifiedMs: 2, currentMs: 3 } },
  });
  return { ...(await storedVersion(plan, content)), name, content, plan };
}

export type Vault = { readonly owner?: SigningKey; readonly mseq?: number; readonly prev?: Bytes };

export const vaultOf = async (
  identity: AgeIdentity,
  documents: readonly Sealed[],
  vault: Vault = {},
): Promise<Files> => ({
  ...Object.fromEntries(documents.flatMap(({ files }) => Object.entries(files))),
  ...(await signedVault(
    { ...{ account, identity, owner: generateSigningKey(), mseq: 1, prev: null, aud, challenge: aud }, ...vault },
    documents.map(({ entry }) => entry),
  )),
});
