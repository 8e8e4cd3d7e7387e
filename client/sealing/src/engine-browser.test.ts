import { DecryptionError } from "@afterkeep/crypto";
import { chunkNonce, openChunk, sealChunk } from "@afterkeep/formats";
import { describe, expect, it } from "vitest";
import { chooseEngine, javascriptChunks, payloadEngine } from "./engine-browser.ts";
import { webCryptoChunks } from "./engine-webcrypto.ts";
import { engineOfChunks, type PayloadEngine } from "./payload-engine.ts";
import { someBytes } from "./testing/a-sealed-document.ts";
import { spoiled } from "./testing/vector-suite.ts";
import { wasmChunks, wasmEngine } from "./engine-wasm.ts";

const lengths = [0, 1, 15, 16, 17, 63, 64, 65, 191, 192, 193, 255, 256, 257, 4095, 65_535, 65_536];

describe.each([
  ["WebAssembly", wasmChunks],
  ["WebCrypto", () => Promise.resolve(webCryptoChunks)],
])("the chunk cipher in %s", (_where, load) => {
  const key = someBytes(32);

  it("seals and opens every length to the same bytes as the specification's cipher", async () => {
    const cipher = await load();
    for (const [index, length] of lengths.entries()) {
      const chunk = someBytes(length);
      const nonce = chunkNonce(index * 2 ** 33, index % 2 === 1);
      const sealed = await cipher.seal(key, nonce, chunk);
      expect(Buffer.compare(sealed, sealChunk(key, nonce, chunk))).toBe(0);
      expect(Buffer.compare(await cipher.open(key, nonce, sealed), chunk)).toBe(0);
      expect(Buffer.compare(openChunk(key, nonce, sealed), chunk)).toBe(0);
    }
  });

  it("refuses a changed byte or tag, another key, another nonce, and less than a tag", async () => {
    const cipher = await load();
    const nonce = chunkNonce(0, true);
    const sealed = await cipher.seal(key, nonce, someBytes(1000));
    const attempt = async (...args: Parameters<typeof openChunk>) => cipher.open(...args);
    for (const at of [0, 500, 999, 1000, 1015]) {
      const changed = new Uint8Array(sealed);
      changed[at] = (changed[at] ?? 0) ^ 128;
      await expect(attempt(key, nonce, changed)).rejects.toThrow(DecryptionError);
    }
    await expect(attempt(someBytes(32), nonce, sealed)).rejects.toThrow(DecryptionError);
    await expect(attempt(key, chunkNonce(1, true), sealed)).rejects.toThrow(DecryptionError);
    await expect(attempt(key, nonce, sealed.slice(0, 15))).rejects.toThrow(DecryptionError);
    expect((await cipher.open(key, nonce, sealed)).length).toBe(1000);
  });
});

describe("the browser's choice", () => {
  const named = (name: PayloadEngine["name"], cipher = javascriptChunks) => engineOfChunks(name, 1, cipher);

  it("is the first that is there and right", async () => {
    const missing = () => Promise.reject(new TypeError("no such algorithm"));
    expect((await chooseEngine([missing, wasmEngine])).name).toBe("wasm");
    expect((await chooseEngine([async () => named("webcrypto"), wasmEngine])).name).toBe("webcrypto");
    expect((await chooseEngine([missing, missing])).name).toBe("javascript");
    expect(["webcrypto", "wasm"]).toContain((await payloadEngine()).name);
  });

  it.each(["seal", "open", "tag"] as const)("passes one over that is wrong about %s", async (direction) => {
    const wrong = async () => named("webcrypto", spoiled(javascriptChunks, direction));
    expect((await chooseEngine([wrong, wasmEngine])).name).toBe("wasm");
  });
});
