import { concatBytes, idBytes, nilId } from "@afterkeep/bytes";
import {
  createHeader,
  type DocumentMetadata,
  encodeMetadata,
  fkCommit,
  generateIdentity,
  type Manifest,
  manifestHash,
  metaHash,
  parseHeader,
  recipientOf,
  sealManifest,
  sealPayload,
  unwrapFileKey,
} from "@afterkeep/formats";
import { encodeLeafList, objectLayout, PayloadHasher } from "@afterkeep/merkle";
import { fixedRandomForTestsOnly, withFixedRandomnessForTestsOnly } from "./fixed-randomness.ts";
import { hex, named, namedId, type VectorFile } from "./values.ts";

/** More than one chunk, so that counter and last-chunk mark both show: byte i is i·7 mod 251. */
const plaintext = new Uint8Array(65_536 + 100).map((_, i) => (i * 7) % 251);

export type SealedDocument = { readonly json: VectorFile; readonly age: Uint8Array };

/** One document of one owner: header, payload, stored object, metadata, and the vault manifest that names it. */
export async function sealedDocumentVectors(): Promise<SealedDocument> {
  const identity = await withFixedRandomnessForTestsOnly("owner identity", () => generateIdentity("hybrid"));
  const recipient = await recipientOf(identity);
  const fileKey = named("file key", 16);
  const header = await withFixedRandomnessForTestsOnly("document header", () => createHeader(fileKey, [recipient]));
  const payload = sealPayload(fileKey, plaintext, fixedRandomForTestsOnly("payload nonce"));
  const hasher = new PayloadHasher();
  hasher.push(payload);
  const digest = hasher.finish();
  const place = { account: namedId("account"), docId: namedId("document"), verId: namedId("version"), rev: 0 };
  const metadata: DocumentMetadata = {
    kind: "file",
    name: "Brief an Ada.txt",
    folder: "Papiere/2026",
    mediaType: "text/plain",
    size: plaintext.length,
    payloadLen: payload.length,
    createdMs: 1_700_000_000_000,
    modifiedMs: 1_700_000_000_001,
    currentMs: 1_700_000_000_000,
    thumbnailLen: 0,
    thumbnailHash: null,
  };
  const record = encodeMetadata(fileKey, place, metadata, fixedRandomForTestsOnly("metadata"));
  const manifest: Manifest = {
    account: place.account,
    b: nilId,
    g: 0,
    mseq: 1,
    prev: null,
    entries: [
      {
        docId: place.docId,
        verId: place.verId,
        payloadLen: payload.length,
        payloadRoot: new Uint8Array(digest.payloadRoot),
        fkCommit: fkCommit(fileKey, place.docId, place.verId),
        metaHash: metaHash(record),
      },
    ],
    message: "",
  };
  const manifestFile = await withFixedRandomnessForTestsOnly("manifest", () => sealManifest([recipient], manifest));
  const leafList = encodeLeafList(digest.leaves);
  const { objectLen, paddingLen } = objectLayout(payload.length);
  return {
    age: concatBytes(header, payload),
    json: {
      about: "specs/sealed-document.md; sealed-document.age beside it is header ‖ payload; bytes are hexadecimal",
      identity,
      recipient,
      fileKey: hex(fileKey),
      headerLength: parseHeader(header).length,
      stanzas: parseHeader(header).stanzas.length,
      plaintext: "byte i is i·7 mod 251",
      plaintextLength: plaintext.length,
      account: hex(idBytes(place.account)),
      docId: hex(idBytes(place.docId)),
      verId: hex(idBytes(place.verId)),
      rev: place.rev,
      metadata: { ...metadata, thumbnailHash: "" },
      metadataRecord: hex(record),
      metaHash: hex(metaHash(record)),
      fkCommit: hex(fkCommit(fileKey, place.docId, place.verId)),
      payloadLen: payload.length,
      leafList: hex(leafList),
      payloadRoot: hex(digest.payloadRoot),
      objectLen,
      paddingLen,
      manifestFile: hex(manifestFile),
      manifestFileKey: hex((await unwrapFileKey(manifestFile, [identity])) ?? new Uint8Array(0)),
      manifestHash: hex(manifestHash(manifestFile)),
    },
  };
}
