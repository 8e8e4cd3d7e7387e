import { type Bytes, encodeBase64url } from "@afterkeep/bytes";
import { sha256, signingKeyFromSeed } from "@afterkeep/crypto";
import {
  type DocumentMetadata,
  type DocumentRecord,
  encodeMetadata,
  encodeRecord,
  generateIdentity,
  type ManifestEntry,
  metaHash,
  recipientOf,
  recordMediaType,
} from "@afterkeep/formats";
import { objectLayout } from "@afterkeep/merkle";
import { planDocument, type PlanRequest, type SealingPlan } from "@afterkeep/sealing";
import { fixedRandomForTestsOnly, withFixedRandomnessForTestsOnly } from "./fixed-randomness.ts";
import { signedVault, storedVersion } from "./stored-vault.ts";
import { hex, named, namedId, type VectorFile } from "./values.ts";

const account = namedId("account");
const at = 1_700_000_000_000;
/** Byte i is i·7 mod 251. */
const pattern = (length: number): Bytes => new Uint8Array(length).map((_, i) => (i * 7) % 251);

type Planned = {
  readonly doc: string;
  readonly ver: string;
  readonly plaintext: Bytes;
  readonly thumbnail?: Bytes;
  readonly metadata: Omit<DocumentMetadata, "size" | "payloadLen" | "thumbnailLen" | "thumbnailHash">;
};

const letter = { kind: "file", folder: "Papiere/2026", mediaType: "text/plain", createdMs: at } as const;
const login: DocumentRecord = {
  template: "login",
  fields: [
    { name: "Website", kind: "url", value: "https://bank.example/" },
    { name: "Password", kind: "secret", value: "Grüße, 東京" },
  ],
  note: "",
};

const versions: readonly Planned[] = [
  {
    doc: "letter",
    ver: "letter 1",
    plaintext: pattern(1000),
    metadata: { ...letter, name: "Brief an Ada.txt", modifiedMs: at, currentMs: at },
  },
  {
    doc: "letter",
    ver: "letter 2",
    plaintext: pattern(65_536 + 100),
    thumbnail: pattern(700),
    metadata: { ...letter, name: "Brief an Ada.txt", modifiedMs: at + 1, currentMs: at + 1 },
  },
  {
    doc: "login",
    ver: "login 1",
    plaintext: encodeRecord(login),
    metadata: {
      ...{ kind: "record", name: "Bank", folder: "", mediaType: recordMediaType },
      ...{ createdMs: at, modifiedMs: at, currentMs: at },
    },
  },
];

async function plan({ doc, ver, plaintext, thumbnail, metadata }: Planned, request: Pick<PlanRequest, "recipients">) {
  const seed = `vault ${ver}`;
  return withFixedRandomnessForTestsOnly(seed, () =>
    planDocument({
      ...{ account, docId: namedId(doc), verId: namedId(ver), thumbnail, ...request },
      metadata: { ...metadata, size: plaintext.length },
      random: fixedRandomForTestsOnly(seed),
    }),
  );
}

/** The letter's second version is renamed: a metadata record of revision 1, which the manifest names in place of the first. */
function rename(planned: Planned, { fileKey, docId, verId, thumbnail, payloadLen }: SealingPlan): Bytes {
  const metadata = {
    ...planned.metadata,
    ...{ name: "Brief an Ada, Entwurf.txt", size: planned.plaintext.length, payloadLen },
    ...{ thumbnailLen: thumbnail.length, thumbnailHash: sha256(thumbnail) },
  };
  return encodeMetadata(fileKey, { account, docId, verId, rev: 1 }, metadata, fixedRandomForTestsOnly("rename"));
}

function describe(planned: Planned, sealing: SealingPlan, object: Uint8Array, rev: number): VectorFile {
  const { docId, verId, fileKey, nonce, size, payloadLen, thumbnail, objectLen } = sealing;
  return {
    ...{ docId, verId, rev, fileKey: hex(fileKey), nonce: hex(nonce) },
    plaintext: planned.metadata.kind === "record" ? hex(planned.plaintext) : "byte i is i·7 mod 251",
    ...{ size, payloadLen, thumbnailLen: thumbnail.length, objectLen },
    thumbnail: hex(planned.thumbnail ?? new Uint8Array(0)),
    paddingLen: objectLayout(payloadLen, thumbnail.length).paddingLen,
    plaintextHash: hex(sha256(planned.plaintext)),
    objectHash: hex(sha256(object)),
  };
}

export type VaultVectors = { readonly json: VectorFile; readonly files: Readonly<Record<string, Bytes>> };

/** What a server stores of a small vault, file by file as specs/reader takes it, and what is inside. */
export async function vaultVectors(): Promise<VaultVectors> {
  const identity = await withFixedRandomnessForTestsOnly("owner identity", () => generateIdentity("hybrid"));
  const recipients = [await recipientOf(identity)];
  const files: Record<string, Bytes> = {};
  const entries: ManifestEntry[] = [];
  const about: VectorFile[] = [];
  for (const planned of versions) {
    const sealing = await plan(planned, { recipients });
    const stored = await storedVersion(sealing, planned.plaintext);
    const name = `${sealing.docId}.${sealing.verId}`;
    Object.assign(files, stored.files);
    const renamed = planned.ver === "letter 2" ? rename(planned, sealing) : null;
    if (renamed !== null) files[`${name}.1.metadata`] = renamed;
    entries.push(renamed === null ? stored.entry : { ...stored.entry, metaHash: metaHash(renamed) });
    about.push(describe(planned, sealing, files[`${name}.object`] ?? new Uint8Array(0), renamed === null ? 0 : 1));
  }
  const owner = signingKeyFromSeed(named("owner seed"));
  const aud = encodeBase64url(named("keyholder thumb"));
  const place = { account, identity, owner, mseq: 2, prev: named("manifest before"), aud, challenge: aud };
  Object.assign(files, await withFixedRandomnessForTestsOnly("vault manifest", () => signedVault(place, entries)));
  return {
    files,
    json: {
      about:
        "specs/sealed-document.md; vault/ beside it is what a server stores and what a reader trusts; bytes are hexadecimal",
      ...{ account, identity, ownerSeed: hex(owner.seed), currentName: "Papiere/2026/Brief an Ada, Entwurf.txt" },
      versions: about,
    },
  };
}
