import { describe, expect, it } from "vitest";
import { copyBytes, MalformedError, newId, nilId, randomBytes } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import { generateIdentity, recipientOf } from "./age-keys.ts";
import { ageSealSmall } from "./age-small.ts";
import { manifestHash } from "./commitments.ts";
import { encodeJcs, type JcsObject } from "./jcs.ts";
import { type Manifest, type ManifestEntry, openManifest, sealManifest, sortEntries } from "./manifest.ts";

const owner = await generateIdentity();
const bequest = await generateIdentity();
const recipients = [await recipientOf(owner), await recipientOf(bequest)];

const entry = (): ManifestEntry => ({
  docId: newId(1_700_000_000_000),
  verId: newId(1_700_000_000_000),
  payloadLen: 100,
  payloadRoot: randomBytes(32),
  fkCommit: randomBytes(32),
  metaHash: randomBytes(32),
});
const manifest: Manifest = {
  account: newId(1_700_000_000_000),
  b: newId(1_700_000_000_000),
  g: 1,
  mseq: 2,
  prev: randomBytes(32),
  entries: sortEntries([entry(), entry(), entry()]),
  message: "Für Dich. Alles Gute.",
};
const { account, b, g } = manifest;
const file = await sealManifest(recipients, manifest);
const expected = { hash: manifestHash(file), account, b, g };

describe("manifests", () => {
  it("open for owner and bequest against their signed hash", async () => {
    expect(await openManifest(owner, file, expected)).toEqual(manifest);
    expect(await openManifest(bequest, file, expected)).toEqual(manifest);
  });

  it.each([
    ["hash", { ...expected, hash: randomBytes(32) }],
    ["account", { ...expected, account: newId(0) }],
    ["bequest", { ...expected, b: newId(0) }],
    ["generation", { ...expected, g: 2 }],
  ])("are refused as another %s", async (_, other) => {
    await expect(openManifest(owner, file, other)).rejects.toThrow(DecryptionError);
  });

  it("with any byte changed are refused before anything is decrypted", async () => {
    const changed = copyBytes(file);
    changed[changed.length - 1] = (changed[changed.length - 1] ?? 0) ^ 1;
    await expect(openManifest(owner, changed, expected)).rejects.toThrow(DecryptionError);
  });

  it.each([
    ["out of order", { ...manifest, entries: [...manifest.entries].reverse() }],
    [
      "with an entry twice",
      { ...manifest, entries: [...manifest.entries.slice(0, 1), ...manifest.entries.slice(0, 1)] },
    ],
    ["without the one before", { ...manifest, prev: null }],
    ["that is first but names one before", { ...manifest, mseq: 1 }],
    ["numbered 0", { ...manifest, mseq: 0, prev: null }],
    ["of the vault with a generation", { ...manifest, b: nilId }],
    ["of a bequest without a generation", { ...manifest, g: 0 }],
    ["of the vault with a message", { ...manifest, b: nilId, g: 0 }],
    ["with a message too long", { ...manifest, message: "é".repeat(131_073) }],
  ])("%s are neither written nor read", async (_, wrong) => {
    await expect(sealManifest(recipients, wrong)).rejects.toThrow(MalformedError);
    const body: JcsObject = JSON.parse(
      JSON.stringify({ ...wrong, prev: wrong.prev ?? "" }, (_key, value) =>
        ArrayBuffer.isView(value) ? Buffer.from(value.buffer).toString("base64url") : value,
      ),
    );
    const forged = await ageSealSmall(recipients, encodeJcs(body));
    await expect(
      openManifest(owner, forged, { ...expected, hash: manifestHash(forged), b: wrong.b, g: wrong.g }),
    ).rejects.toThrow(DecryptionError);
  });

  it("of the vault name no bequest", async () => {
    const vault = { ...manifest, b: nilId, g: 0, message: "", mseq: 1, prev: null };
    const sealed = await sealManifest(recipients.slice(0, 1), vault);
    expect(await openManifest(owner, sealed, { hash: manifestHash(sealed), account, b: nilId, g: 0 })).toEqual(vault);
  });
});
