import { describe, expect, it } from "vitest";
import {
  copyBytes,
  encodeBase64url,
  encodeUtf8,
  type Id,
  idBytes,
  MalformedError,
  newId,
  randomBytes,
} from "@afterkeep/bytes";
import { ctx, DecryptionError, unwrap, wrap } from "@afterkeep/crypto";
import { generateIdentity, recipientOf } from "./age-keys.ts";
import { encodeJcs, type JcsObject } from "./jcs.ts";
import { type Keyring, keyringHash, unwrapKeyring, wrapKeyring } from "./keyring.ts";
import { decodeMetadata, type DocumentMetadata, encodeMetadata, fkCommit, metaHash } from "./metadata.ts";
import { padContent, unpadContent } from "./padded.ts";
import { unwrapRootKey, wrapRootKey } from "./slots.ts";

const id = (): Id => newId(1_700_000_000_000);
const account = id();

// A wrap is bound to its place. Each field of each place is varied alone: a check that forgets one field fails here.

describe("metadata", () => {
  const fileKey = randomBytes(16);
  const place = { account, docId: id(), verId: id(), rev: 0 };
  const metadata: DocumentMetadata = {
    kind: "file",
    name: "Testament – Entwurf.pdf",
    folder: "papers/2026",
    mediaType: "application/pdf",
    size: 100_000,
    payloadLen: 100_048,
    createdMs: 1_700_000_000_000,
    modifiedMs: 1_700_000_000_001,
    currentMs: 1_700_000_000_000,
    thumbnailLen: 0,
    thumbnailHash: null,
  };
  const record = encodeMetadata(fileKey, place, metadata);

  it("come back with the file key at their place", () => {
    expect(decodeMetadata(fileKey, place, record)).toEqual(metadata);
    expect(metaHash(record)).toHaveLength(32);
  });

  it.each([
    ["account", { ...place, account: id() }],
    ["document", { ...place, docId: id() }],
    ["version", { ...place, verId: id() }],
    ["revision", { ...place, rev: 1 }],
  ])("do not open as another %s's", (_, elsewhere) => {
    expect(() => decodeMetadata(fileKey, elsewhere, record)).toThrow(DecryptionError);
  });

  it("do not open with another file key", () => {
    expect(() => decodeMetadata(randomBytes(16), place, record)).toThrow(DecryptionError);
  });

  it("have the same length for short and for long names", () => {
    const lengths = ["a", "a".repeat(200)].map((name) => encodeMetadata(fileKey, place, { ...metadata, name }).length);
    expect(new Set(lengths).size).toBe(1);
  });

  it("are not written with a payload length that does not fit the size", () => {
    expect(() => encodeMetadata(fileKey, place, { ...metadata, size: 1 })).toThrow(MalformedError);
  });

  it("of another form, or that contradict themselves, are refused, even under the right key and place", () => {
    const context = ctx("meta", idBytes(account), idBytes(place.docId), idBytes(place.verId), place.rev);
    const forge = (content: JcsObject) => wrap(fileKey, context, context, padContent(encodeJcs(content)));
    const plain = { ...metadata, thumbnailHash: "" };
    expect(decodeMetadata(fileKey, place, forge(plain))).toEqual(metadata);
    const contradicting: JcsObject[] = [{ size: 1 }, { thumbnailLen: 1 }, { thumbnailHash: "A".repeat(43) }];
    for (const change of [{ more: 1 }, { kind: "link" }, { thumbnailLen: 60_000 }, ...contradicting]) {
      const wrong: JcsObject = { ...plain, ...change };
      expect(() => decodeMetadata(fileKey, place, forge(wrong))).toThrow(DecryptionError);
    }
  });

  it("commit to one file key for one document and version", () => {
    const commit = fkCommit(fileKey, place.docId, place.verId);
    expect(fkCommit(fileKey, place.docId, place.verId)).toEqual(commit);
    expect(fkCommit(randomBytes(16), place.docId, place.verId)).not.toEqual(commit);
    expect(fkCommit(fileKey, id(), place.verId)).not.toEqual(commit);
    expect(fkCommit(fileKey, place.docId, id())).not.toEqual(commit);
  });
});

describe("padding", () => {
  it("comes off exactly", () => {
    for (const length of [0, 1, 507, 508, 509, 5000]) {
      const content = randomBytes(length);
      expect(unpadContent(padContent(content))).toEqual(content);
    }
    expect(padContent(new Uint8Array(508))).toHaveLength(512);
    expect(padContent(new Uint8Array(509))).toHaveLength(544);
  });

  it("is refused with a byte set, missing, surplus, or a length that lies", () => {
    const padded = padContent(encodeUtf8("content"));
    const dirty = copyBytes(padded);
    dirty[511] = 1;
    const lying = copyBytes(padded);
    lying[0] = 0xff;
    const shorter = copyBytes(padded);
    shorter[3] = 3;
    for (const bytes of [dirty, lying, shorter, padded.subarray(0, 511), new Uint8Array(3), new Uint8Array(513)]) {
      expect(() => unpadContent(bytes)).toThrow(MalformedError);
    }
  });
});

describe("slots", () => {
  const rootKey = randomBytes(32);
  const exportKey = randomBytes(64);
  const place = { account, kind: "opaque", slotId: id(), epoch: 0 } as const;
  const slot = wrapRootKey(exportKey, place, rootKey);

  it("give the root key back", () => {
    expect(unwrapRootKey(exportKey, place, slot)).toEqual(rootKey);
  });

  it.each([
    ["account", { ...place, account: id() }],
    ["slot", { ...place, slotId: id() }],
    ["epoch", { ...place, epoch: 1 }],
  ])("do not open as another %s's", (_, elsewhere) => {
    expect(() => unwrapRootKey(exportKey, elsewhere, slot)).toThrow(DecryptionError);
  });

  it("do not open as another kind", () => {
    const secret = randomBytes(32);
    const kit = { ...place, kind: "kit" } as const;
    const made = wrapRootKey(secret, kit, rootKey);
    expect(unwrapRootKey(secret, kit, made)).toEqual(rootKey);
    expect(() => unwrapRootKey(exportKey, place, made)).toThrow(DecryptionError);
  });

  it("take only secrets and root keys of their length", () => {
    expect(() => wrapRootKey(randomBytes(32), place, rootKey)).toThrow(MalformedError);
    expect(() => wrapRootKey(exportKey, place, randomBytes(31))).toThrow(MalformedError);
  });
});

describe("keyring", async () => {
  const rootKey = randomBytes(32);
  const ageIdentity = await generateIdentity();
  const keyring: Keyring = {
    ageIdentity,
    ageRecipient: await recipientOf(ageIdentity),
    ownerSeed: randomBytes(32),
    mlsSeed: randomBytes(32),
    version: 1,
  };
  const wrapped = wrapKeyring(rootKey, account, keyring);

  it("comes back whole", () => {
    expect(unwrapKeyring(rootKey, account, 1, wrapped)).toEqual(keyring);
    expect(keyringHash(wrapped)).toHaveLength(32);
  });

  it("does not open for another account, version or root key", () => {
    expect(() => unwrapKeyring(rootKey, id(), 1, wrapped)).toThrow(DecryptionError);
    expect(() => unwrapKeyring(rootKey, account, 2, wrapped)).toThrow(DecryptionError);
    expect(() => unwrapKeyring(randomBytes(32), account, 1, wrapped)).toThrow(DecryptionError);
  });

  it("does not open if what is inside is of another version", () => {
    const context = ctx("keyring", idBytes(account), 1);
    const older = encodeJcs({
      ageIdentity,
      ageRecipient: keyring.ageRecipient,
      ownerSeed: encodeBase64url(keyring.ownerSeed),
      mlsSeed: encodeBase64url(keyring.mlsSeed),
      version: 2,
    });
    expect(() => unwrapKeyring(rootKey, account, 1, wrap(rootKey, context, context, older))).toThrow(DecryptionError);
  });

  it("does not open where metadata would: contexts keep the uses of a key apart", () => {
    expect(() => unwrap(rootKey, encodeUtf8("x"), encodeUtf8("x"), wrapped)).toThrow(DecryptionError);
  });
});
