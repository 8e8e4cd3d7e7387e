// Runs in the browser: the same bytes through typage and through each of our engines, in alternating rounds.
import { newId } from "@afterkeep/bytes";
import { createHeader, generateIdentity, newFileKey, payloadKey, recipientOf } from "@afterkeep/formats";
import { Encrypter } from "age-encryption";
import { planDocument, sealObject } from "@afterkeep/sealing";
import { cipherStream, type PayloadEngine, wasmEngine, webCryptoEngine } from "@afterkeep/sealing/engines";

export type PageSamples = Readonly<Record<string, readonly number[]>>;

const mebibyte = 2 ** 20;

/** As a file gives its bytes: a stream of parts of a mebibyte. */
function streamOfBytes(content: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= content.length) return controller.close();
      controller.enqueue(content.slice(at, (at += mebibyte)));
    },
  });
}

async function drain(parts: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const part of parts) length += part.length;
  return length;
}

async function typage(content: Uint8Array<ArrayBuffer>, recipient: string): Promise<number> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return drain(await encrypter.encrypt(streamOfBytes(content)));
}

async function ours(
  engine: PayloadEngine,
  content: Uint8Array<ArrayBuffer>,
  recipient: Awaited<ReturnType<typeof recipientOf>>,
): Promise<number> {
  const fileKey = newFileKey();
  const header = await createHeader(fileKey, [recipient], { pad: "exact" });
  const nonce = crypto.getRandomValues(new Uint8Array(16));
  const body = cipherStream(streamOfBytes(content), { direction: "seal", key: payloadKey(fileKey, nonce), engine });
  return header.length + nonce.length + (await drain(body));
}

async function document(content: Uint8Array<ArrayBuffer>): Promise<number> {
  const times = { createdMs: 0, modifiedMs: 0, currentMs: 0 };
  const plan = await planDocument({
    account: newId(1),
    docId: newId(2),
    verId: newId(3),
    metadata: { kind: "file", name: "", folder: "", mediaType: "", size: content.length, ...times },
    recipients: [await recipientOf(await generateIdentity())],
  });
  return drain(sealObject(plan, streamOfBytes(content)).object);
}

/** Seconds for `length` bytes, by name. Round 0 warms up and does not count. */
async function measure(rounds: number, length: number): Promise<PageSamples> {
  const content = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(content.subarray(at, at + 65_536));
  const recipient = await recipientOf(await generateIdentity("x25519"));
  const wasm = await wasmEngine();
  const contenders: Record<string, () => Promise<number>> = {
    typage: () => typage(content, recipient),
    native: () => ours(webCryptoEngine, content, recipient),
    wasm: () => ours(wasm, content, recipient),
    tree: () => document(content),
  };
  const samples: Record<string, number[]> = {};
  for (let round = 0; round <= rounds; round++) {
    for (const [name, run] of Object.entries(contenders)) {
      const start = performance.now();
      const written = await run();
      if (written < length) throw new Error(`${name} wrote ${written} bytes`);
      if (round > 0) (samples[name] ??= []).push((performance.now() - start) / 1000);
    }
  }
  return samples;
}

Reflect.set(globalThis, "measure", measure);
