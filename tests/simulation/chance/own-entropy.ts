import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { Random } from "./random.ts";

let source = new Random("before the first world");

/** From here on, every random byte of this process comes from `random`. */
export function drawEntropyFrom(random: Random): void {
  source = random;
}

/**
 * Takes the process's randomness over: the product's, the libraries' and the platform's own. Why here and not by an option of each
 * operation: what nobody remembered to inject would break the replay, and this leaves nothing to remember. Call before the product is
 * imported.
 */
export function ownEntropy(): void {
  Object.defineProperty(globalThis.crypto, "getRandomValues", { value: fill, configurable: true });
  Object.assign(crypto, { randomBytes: bytes, randomUUID: uuid, randomFillSync: fill });
  syncBuiltinESMExports();
  Math.random = () => source.part();
}

function fill<View extends ArrayBufferView>(view: View): View {
  source.fill(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  return view;
}

function bytes(length: number): Buffer {
  return fill(Buffer.alloc(length));
}

function uuid(): string {
  return bytes(16)
    .toString("hex")
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
}
