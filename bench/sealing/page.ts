// Runs in the browser: the same bytes through typage and through each of our engines, in alternating rounds.
import { freeBytes, newId } from "@afterkeep/bytes";
import { createHeader, generateIdentity, newFileKey, payloadKey, recipientOf } from "@afterkeep/formats";
import { Decrypter, Encrypter } from "age-encryption";
import {
  collectBytes,
  openDocument,
  openDocumentHeader,
  payloadEngine,
  planDocument,
  sealObject,
} from "@afterkeep/sealing";
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

/**
 * Memory for what is sealed. It goes round: what a contender left whole is filled no more and given to the next. Why: with fresh memory for
 * each, the browser would clear and free gigabytes beside the clock, on the processors that are measured.
 */
class Rooms {
  readonly #length: number;
  #rooms: Uint8Array<ArrayBuffer>[] = [];

  constructor(length: number) {
    this.#length = length;
  }

  /** Makes what was moved and did not come back anew: not while anything is measured. */
  refill(): void {
    const living = new Set(this.#rooms.map(({ buffer }) => buffer).filter((buffer) => !buffer.detached));
    this.#rooms = [...living].map((buffer) => new Uint8Array(buffer));
    while (this.#rooms.length < this.#length / mebibyte) this.#rooms.push(randomPart());
  }

  /** As a file gives its bytes: a stream of parts of a mebibyte, each its reader's own. */
  stream(): Source {
    const parts = this.#rooms.slice(0, this.#length / mebibyte);
    return new ReadableStream({
      pull(controller) {
        const part = parts.pop();
        if (part === undefined) controller.close();
        else controller.enqueue(part);
      },
    });
  }

  /** The length of all parts; their memory is free again, as where somebody copies them to a socket. */
  async drain(parts: AsyncIterable<Uint8Array>): Promise<number> {
    let length = 0;
    for await (const { buffer, byteLength } of parts) {
      length += byteLength;
      if (!(buffer instanceof ArrayBuffer)) continue;
      if (buffer.byteLength === mebibyte && this.#rooms.at(-1)?.buffer !== buffer)
        this.#rooms.push(new Uint8Array(buffer));
      else if (byteLength === buffer.byteLength) freeBytes(new Uint8Array(buffer));
    }
    return length;
  }
}

function randomPart(): Uint8Array<ArrayBuffer> {
  const part = new Uint8Array(mebibyte);
  for (let at = 0; at < mebibyte; at += 65_536) crypto.getRandomValues(part.subarray(at, at + 65_536));
  return part;
}

type Source = ReadableStream<Uint8Array<ArrayBuffer>>;

async function typage(rooms: Rooms, recipient: string): Promise<number> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return rooms.drain(await encrypter.encrypt(rooms.stream()));
}

async function ours(
  engine: PayloadEngine,
  rooms: Rooms,
  recipient: Awaited<ReturnType<typeof recipientOf>>,
): Promise<number> {
  const fileKey = newFileKey();
  const header = await createHeader(fileKey, [recipient], { pad: "exact" });
  const nonce = crypto.getRandomValues(new Uint8Array(16));
  const body = cipherStream(rooms.stream(), { direction: "seal", key: payloadKey(fileKey, nonce), engine });
  return header.length + nonce.length + (await rooms.drain(body));
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
async function opener({ identity, plan, seal }: Awaited<ReturnType<typeof aDocument>>, rooms: Rooms) {
  const sealed = seal(rooms.stream());
  const object = await collectBytes(sealed.object);
  const entry = sealed.entry();
  const opened = await openDocumentHeader(account, { ...plan, rev: 0 }, entry, identity);
  const range = async (from: number, to: number) => streamOfViews(object.subarray(from, to));
  return () => rooms.drain(openDocument(opened, entry, range));
}

async function typageOpener(rooms: Rooms, identity: string, recipient: string) {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const file = await collectBytes(await encrypter.encrypt(rooms.stream()));
  rooms.refill();
  return async () => {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    return rooms.drain(await decrypter.decrypt(streamOfViews(file)));
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
  const rooms = new Rooms(length);
  rooms.refill();
  const document = await aDocument(length);
  const chosen = await payloadEngine();
  const contenders: Record<string, () => Promise<number>> = {
    typage: () => typage(rooms, recipient),
    chosen: () => ours(chosen, rooms, recipient),
    wasm: () => ours(pooledEngine(wasm, "wasm", pools.wasm), rooms, recipient),
    webcrypto: () => ours(pooledEngine(native, "webcrypto", pools.webcrypto), rooms, recipient),
    "wasm.1t": () => ours(wasm, rooms, recipient),
    "webcrypto.1t": () => ours(native, rooms, recipient),
    tree: () => rooms.drain(document.seal(rooms.stream()).object),
    "typage opening": await typageOpener(rooms, identity, recipient),
    "tree opening": await opener(document, rooms),
  };
  const samples: Record<string, number[]> = {};
  const all = Object.entries(contenders);
  for (let round = 0; round <= rounds; round++) {
    // Why turned: each would else always meet the machine as the same one left it.
    const at = round % all.length;
    for (const [name, run] of [...all.slice(at), ...all.slice(0, at)]) {
      rooms.refill();
      await new Promise((resolve) => setTimeout(resolve, settleMs));
      const begun = performance.now();
      const written = await run();
      if (written < length) throw new Error(`${name} wrote ${written} bytes`);
      if (round > 0) (samples[name] ??= []).push((performance.now() - begun) / 1000);
    }
  }
  return samples;
}

/** Between two contenders, for the browser to free what the one before left, milliseconds. */
const settleMs = 200;

Reflect.set(globalThis, "measure", measure);
