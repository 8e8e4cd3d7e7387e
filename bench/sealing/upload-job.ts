// A contender of `upload.local` in a process of its own: `upload|seal|copy|send HOME SERVER FILE`. Prints its seconds, without the start of the process.
import { createHash, randomUUID } from "node:crypto";
import { open } from "node:fs/promises";
import { encodeBase64url, newId } from "@afterkeep/bytes";
import { partLength } from "@afterkeep/contracts";
import { generateIdentity, recipientOf } from "@afterkeep/formats";
import { planDocument, type SealingPlan, sealObject } from "@afterkeep/sealing";
import { itemOfFile, leanFetch, openContext, openHome, processTerminal } from "@afterkeep/cli/device";
import { createTransport } from "@afterkeep/sdk/transport";

/** As many parts as the SDK holds at once. */
const partsAtOnce = 4;

const [contender = "", home = "", server = "", file = ""] = process.argv.slice(2);
const env = { AFTERKEEP_HOME: home };
const item = await itemOfFile(file, "");

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** File to committed document: what `afterkeep document seal` does. */
async function upload(): Promise<number> {
  const { afterkeep } = await openContext({ ...processTerminal(), env }, { server }, new AbortController().signal);
  const sealed: string[] = [];
  const seconds = await timed(async () => {
    for (const { doc } of await afterkeep.seal([{ ...item, name: randomUUID() }])) sealed.push(doc);
  });
  await afterkeep.removeDocuments(sealed);
  return seconds;
}

/** The same file sealed to nowhere, as the SDK seals it. */
async function seal(): Promise<number> {
  const plan = await aPlan();
  return timed(async () => {
    const sealed = sealObject(plan, item.open(), { workers: 0 });
    let length = 0;
    for await (const part of sealed.object) length += part.length;
    if (length !== plan.objectLen) throw new Error(`sealed ${length} bytes`);
    sealed.entry();
  });
}

/** The same file as it lies, through the same routes: read, hashed as the api asks, sent. As many bytes as the sealed object has; then discarded. */
async function copy(): Promise<number> {
  await using reading = await open(file, "r");
  return await throughTheApi(async (buffer, part) => {
    let held = 0;
    while (held < buffer.length) {
      const { bytesRead } = await reading.read(buffer, held, buffer.length - held, part * partLength + held);
      if (bytesRead === 0) break;
      held += bytesRead;
    }
    return new Uint8Array(createHash("sha256").update(buffer).digest());
  });
}

/** The api alone: the same part again and again, out of memory, hashed once. */
async function send(): Promise<number> {
  const known = new Map<number, Uint8Array<ArrayBuffer>>();
  return throughTheApi(async (buffer) => {
    const hash = known.get(buffer.length) ?? new Uint8Array(createHash("sha256").update(buffer).digest());
    known.set(buffer.length, hash);
    return hash;
  });
}

type Fill = (buffer: Uint8Array<ArrayBuffer>, part: number) => Promise<Uint8Array<ArrayBuffer>>;

/** Sends an object of parts that `fill` writes and hashes, as many at once as the SDK. */
async function throughTheApi(fill: Fill): Promise<number> {
  const { store } = await openHome(env);
  const credentials = async () => ({ owner: (await store.loadSecrets())?.session?.token ?? "", recipient: "" });
  const transport = createTransport({ serverUrl: server, channel: "bearer", fetch: leanFetch, credentials });
  const plan = await aPlan();
  const { docId: doc, verId: ver, payloadLen, objectLen } = plan;
  const sealed = { header: encodeBase64url(plan.header), metadata: encodeBase64url(plan.metadata) };
  const seconds = await timed(async () => {
    await transport.call("beginDocument", { body: { doc, ver, ...sealed, payloadLen, objectLen } });
    const waiting = Array.from({ length: Math.ceil(objectLen / partLength) }, (_, part) => part).values();
    const lane = async () => {
      const room = new Uint8Array(partLength);
      for (const part of waiting) {
        const buffer = room.subarray(0, Math.min(partLength, objectLen - part * partLength));
        await transport.putPart({ doc, ver, part }, buffer, await fill(buffer, part));
      }
    };
    await Promise.all(Array.from({ length: partsAtOnce }, lane));
  });
  await transport.call("discardDocument", { params: { doc, ver } });
  return seconds;
}

async function aPlan(): Promise<SealingPlan> {
  const now = Date.now();
  const times = { createdMs: now, modifiedMs: now, currentMs: now };
  const metadata = { kind: "file", name: "bench", folder: "", mediaType: "application/octet-stream" } as const;
  const ids = { account: newId(now), docId: newId(now), verId: newId(now) };
  const recipients = [await recipientOf(await generateIdentity())];
  return planDocument({ ...ids, metadata: { ...metadata, size: item.size, ...times }, recipients });
}

const contenders = { upload, seal, copy, send };
const run = Object.entries(contenders).find(([name]) => name === contender)?.[1];
if (run === undefined) throw new Error(`no contender "${contender}"`);
console.log(await run());
