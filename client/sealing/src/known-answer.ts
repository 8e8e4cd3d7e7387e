import { concatBytes, equalBytes } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import { chunkLength, chunkNonce, sealChunk } from "@afterkeep/formats";
import type { PayloadEngine } from "./payload-engine.ts";

/**
 * Two chunks, the second short and last, both ways, and a damaged one refused.
 * Why: a browser may know the name and read the parameters differently, or its WebAssembly may be wrong; a document that only this
 * browser can open would be lost.
 */
export async function isRight(engine: PayloadEngine): Promise<boolean> {
  const key = new Uint8Array(32).map((_, i) => 7 * i + 1);
  const plain = new Uint8Array(chunkLength + 100).map((_, i) => (i * 31) >> 3);
  const chunks = [plain.subarray(0, chunkLength), plain.subarray(chunkLength)];
  const expected = concatBytes(...chunks.map((chunk, i) => sealChunk(key, chunkNonce(5 + i, i === 1), chunk)));
  const run = { key, first: 5, isLast: true, giveBack: () => undefined };
  try {
    const sealed = await engine.cipher({ ...run, direction: "seal", bytes: plain.slice() });
    const opened = await engine.cipher({ ...run, direction: "open", bytes: expected.slice() });
    const damaged = expected.slice();
    damaged[70] = (damaged[70] ?? 0) ^ 1;
    const isRefused = await engine.cipher({ ...run, direction: "open", bytes: damaged }).then(
      () => false,
      (error: unknown) => error instanceof DecryptionError,
    );
    return equalBytes(concatBytes(...sealed), expected) && equalBytes(concatBytes(...opened), plain) && isRefused;
  } catch {
    return false;
  }
}
