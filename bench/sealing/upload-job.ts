// A contender of `upload.local` in a process of its own: `upload|seal|copy HOME SERVER FILE`. Prints its seconds, without the start of the process.
import { randomBytes, randomUUID } from "node:crypto";
import { encodeBase64url, newId } from "@afterkeep/bytes";
import { partLength } from "@afterkeep/contracts";
import { sha256 } from "@afterkeep/crypto";
import { generateIdentity, recipientOf } from "@afterkeep/formats";
import { planDocument, type SealingPlan, sealObject } from "@afterkeep/sealing";
import { itemOfFile, leanFetch, openContext, openHome, processTerminal } from "@afterkeep/cli/device";
import { createTransport } from "@afterkeep/sdk/transport";

/** As many parts as the SDK sends at once. */
const copiesAtOnce = 3;
type Part = { readonly bytes: Uint8Array<ArrayBuffer>; readonly hash: Uint8Array<ArrayBuffer> };

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

/** As many bytes in as many parts through the same routes, random and hashed beforehand; then discarded. */
async function copy(): Promise<number> {
  const { store } = await openHome(env);
  const credentials = async () => ({ owner: (await store.loadSecrets())?.session?.token ?? "", recipient: "" });
  const transport = createTransport({ serverUrl: server, channel: "bearer", fetch: leanFetch, credentials });
  const plan = await aPlan();
  const { docId: doc, verId: ver, payloadLen, objectLen } = plan;
  const lengths = Array.from({ length: Math.ceil(objectLen / partLength) }, (_, part) =>
    Math.min(partLength, objectLen - part * partLength),
  );
  const [whole, last] = [partLength, lengths.at(-1) ?? 0].map(randomPart);
  if (whole === undefined || last === undefined) throw new Error("no parts");
  const sealed = { header: encodeBase64url(plan.header), metadata: encodeBase64url(plan.metadata) };
  const seconds = await timed(async () => {
    await transport.call("beginDocument", { body: { doc, ver, ...sealed, payloadLen, objectLen } });
    const waiting = lengths.entries();
    const lane = async () => {
      for (const [part, length] of waiting) {
        const { bytes, hash } = length === partLength ? whole : last;
        await transport.putPart({ doc, ver, part }, bytes, hash);
      }
    };
    await Promise.all(Array.from({ length: copiesAtOnce }, lane));
  });
  await transport.call("discardDocument", { params: { doc, ver } });
  return seconds;
}

function randomPart(length: number): Part {
  const bytes = new Uint8Array(randomBytes(length));
  return { bytes, hash: sha256(bytes) };
}

async function aPlan(): Promise<SealingPlan> {
  const now = Date.now();
  const times = { createdMs: now, modifiedMs: now, currentMs: now };
  const metadata = { kind: "file", name: "bench", folder: "", mediaType: "application/octet-stream" } as const;
  const ids = { account: newId(now), docId: newId(now), verId: newId(now) };
  const recipients = [await recipientOf(await generateIdentity())];
  return planDocument({ ...ids, metadata: { ...metadata, size: item.size, ...times }, recipients });
}

const contenders = { upload, seal, copy };
const run = Object.entries(contenders).find(([name]) => name === contender)?.[1];
if (run === undefined) throw new Error(`no contender "${contender}"`);
console.log(await run());
