import { DecryptionError, startSha256 } from "@afterkeep/crypto";
import { chunkNonce, openChunk, sealChunk } from "@afterkeep/formats";
import { describe, expect, it } from "vitest";
import { nativeCrypto as browserCrypto } from "./native-browser.ts";
import { nativeCrypto as nodeCrypto } from "./native-node.ts";
import { someBytes } from "./testing/a-sealed-document.ts";

describe.each([
  ["Node's", nodeCrypto],
  ["the browser's", browserCrypto],
])("%s primitives", (_where, load) => {
  const key = someBytes(32);

  it.each([0, 1, 64, 65_536])("seal %i bytes to the same ciphertext as the specification's cipher", async (length) => {
    const native = await load();
    const chunk = someBytes(length);
    const nonce = chunkNonce(3, false);
    const sealed = await native.sealChunk(key, nonce, chunk);
    expect(Buffer.compare(sealed, sealChunk(key, nonce, chunk))).toBe(0);
    expect(Buffer.compare(await native.openChunk(key, nonce, sealed), chunk)).toBe(0);
    expect(Buffer.compare(openChunk(key, nonce, sealed), chunk)).toBe(0);
  });

  it("refuse a changed chunk, another key, another nonce, and less than a tag", async () => {
    const native = await load();
    const nonce = chunkNonce(0, true);
    const sealed = await native.sealChunk(key, nonce, someBytes(100));
    const attempt = async (...args: Parameters<typeof openChunk>) => native.openChunk(...args);
    const changed = new Uint8Array(sealed);
    changed[50] = (changed[50] ?? 0) ^ 4;
    await expect(attempt(key, nonce, changed)).rejects.toThrow(DecryptionError);
    await expect(attempt(someBytes(32), nonce, sealed)).rejects.toThrow(DecryptionError);
    await expect(attempt(key, chunkNonce(1, true), sealed)).rejects.toThrow(DecryptionError);
    await expect(attempt(key, nonce, sealed.slice(0, 15))).rejects.toThrow(DecryptionError);
  });

  it("hash to the same SHA-256", async () => {
    const [ours, theirs] = [(await load()).newSha256(), startSha256()];
    for (const part of [someBytes(0), someBytes(7), someBytes(100_000)]) {
      ours.update(part);
      theirs.update(part);
    }
    expect(ours.digest()).toEqual(theirs.digest());
  });
});

describe("the browser's choice", () => {
  it("is JavaScript where WebCrypto has no ChaCha20-Poly1305, and never a Node module", async () => {
    expect(["webcrypto", "javascript"]).toContain((await browserCrypto()).name);
  });
});
