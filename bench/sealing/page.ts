// Runs in the browser: the same bytes through typage and through each of our engines, in alternating rounds.
import { newId } from "@afterkeep/bytes";
import { createHeader, generateIdentity, newFileKey, payloadKey, recipientOf } from "@afterkeep/formats";
import { Decrypter, Encrypter } from "age-encryption";
import { collectBytes, openDocument, openDocumentHeader, planDocument, sealObject } from "@afterkeep/sealing";
import {
  CipherPool,
  cipherInWorkers,
  cipherStream,
  type PayloadEngine,
  pooledEngine,
  wasmEngine,
  webCryptoEngine,
} from "@afterkeep/sealing/engines";

export type PageSamples = Readonly<Record<string, readonly number[]>>;

const mebibyte = 2 ** 20;

/** As a file gives its bytes: a stream of parts of a mebibyte, each its reader's own. Cut before the clock runs: reading is not measured. */
function streamOfBytes(content: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < content.length; at += mebibyte) parts.push(content.slice(at, at + mebibyte));
  parts.reverse();
  return new ReadableStream({
    pull(controller) {
      const part = parts.pop();
      if (part === undefined) controller.close();
      else controller.enqueue(part);
    },
  });
}

type Source = ReadableStream<Uint8Array<ArrayBuffer>>;

async function drain(parts: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const part of parts) length += part.length;
  return length;
}

async function typage(source: Source, recipient: string): Promise<number> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return drain(await encrypter.encrypt(source));
}

async function ours(
  engine: PayloadEngine,
  source: Source,
  recipient: Awaited<ReturnType<typeof recipientOf>>,
): Promise<number> {
  const fileKey = newFileKey();
  const header = await createHeader(fileKey, [recipient], { pad: "exact" });
  const nonce = crypto.getRandomValues(new Uint8Array(16));
  const body = cipherStream(source, { direction: "seal", key: payloadKey(fileKey, nonce), engine });
  return header.length + nonce.length + (await drain(body));
}

const account = newId(1);

/** A document of `size` bytes, to be sealed again and again. */
async function aDocument(size: number) {
  const times = { createdMs: 0, modifiedMs: 0, currentMs: 0 };
  const identity = await generateIdentity();
  const plan = await planDocument({
    account,
    docId: newId(2),
    verId: newId(3),
    metadata: { kind: "file", name: "", folder: "", mediaType: "", size, ...times },
    recipients: [await recipientOf(identity)],
  });
  return { identity, plan, seal: (source: Source) => sealObject(plan, source) };
}

/** Opens a sealed document that lies in memory, slice by verified slice. */
async function opener({ identity, plan, seal }: Awaited<ReturnType<typeof aDocument>>, source: Source) {
  const sealed = seal(source);
  const object = await collectBytes(sealed.object);
  const entry = sealed.entry();
  const opened = await openDocumentHeader(account, { ...plan, rev: 0 }, entry, identity);
  const range = async (from: number, to: number) => streamOfViews(object.subarray(from, to));
  return () => drain(openDocument(opened, entry, range));
}

async function typageOpener(source: Source, identity: string, recipient: string) {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const file = await collectBytes(await encrypter.encrypt(source));
  return async () => {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    return drain(await decrypter.decrypt(streamOfViews(file)));
  };
}

/** As a download gives its bytes: in smaller parts. */
function streamOfViews(bytes: Uint8Array<ArrayBuffer>): Source {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.subarray(at, (at += 65_536)));
    },
  });
}

/** Seconds for `length` bytes, by name. Round 0 warms up and does not count. */
async function measure(rounds: number, length: number): Promise<PageSamples> {
  const content = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(content.subarray(at, at + 65_536));
  const identity = await generateIdentity("x25519");
  const recipient = await recipientOf(identity);
  const start = () => new Worker("/cipher-worker.js", { type: "module" });
  cipherInWorkers(start);
  const [wasm, native] = [await wasmEngine(), webCryptoEngine];
  const pools = { wasm: new CipherPool(start, 2), webcrypto: new CipherPool(start, 2) };
  for (const name of ["wasm", "webcrypto"] as const) {
    await pools[name].warm(name);
    if (pools[name].least === null) throw new Error(`no workers for ${name}`);
  }
  const document = await aDocument(length);
  const contenders: Record<string, (source: Source) => Promise<number>> = {
    typage: (source) => typage(source, recipient),
    native: (source) => ours(pooledEngine(native, "webcrypto", pools.webcrypto), source, recipient),
    wasm: (source) => ours(pooledEngine(wasm, "wasm", pools.wasm), source, recipient),
    "native.1t": (source) => ours(native, source, recipient),
    "wasm.1t": (source) => ours(wasm, source, recipient),
    tree: (source) => drain(document.seal(source).object),
    "typage opening": await typageOpener(streamOfBytes(content), identity, recipient),
    "tree opening": await opener(document, streamOfBytes(content)),
  };
  const samples: Record<string, number[]> = {};
  for (let round = 0; round <= rounds; round++) {
    for (const [name, run] of Object.entries(contenders)) {
      const source = streamOfBytes(content);
      const begun = performance.now();
      const written = await run(source);
      if (written < length) throw new Error(`${name} wrote ${written} bytes`);
      if (round > 0) (samples[name] ??= []).push((performance.now() - begun) / 1000);
    }
  }
  return samples;
}

Reflect.set(globalThis, "measure", measure);
