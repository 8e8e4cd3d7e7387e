// The document's way, slice tree and all, in a process of its own: `seal|open INPUT OBJECT OUTPUT WORKERS`. Prints its seconds.
import { readFile, writeFile } from "node:fs/promises";
import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { newId } from "@afterkeep/bytes";
import { type ManifestEntry, generateIdentity, recipientOf } from "@afterkeep/formats";
import { decodePlan, encodePlan, openDocument, planDocument, sealObject } from "@afterkeep/sealing";
import { stat } from "node:fs/promises";

const [direction, input = "", object = "", output = "", threads] = process.argv.slice(2);
const workers = Number(threads);
const highWaterMark = 2 ** 20;

const reading = (path: string, from: number, to: number) =>
  createReadStream(path, { start: from, end: to - 1, highWaterMark }) as AsyncIterable<Uint8Array>;

async function seal(): Promise<void> {
  const { size } = await stat(input);
  const times = { createdMs: 0, modifiedMs: 0, currentMs: 0 };
  const plan = await planDocument({
    account: newId(1),
    docId: newId(2),
    verId: newId(3),
    metadata: { kind: "file", name: "bench", folder: "", mediaType: "application/octet-stream", size, ...times },
    recipients: [await recipientOf(await generateIdentity())],
  });
  const start = performance.now();
  const sealed = sealObject(plan, reading(input, 0, size), { workers });
  await pipeline(sealed.object, createWriteStream(object, { highWaterMark }));
  console.log((performance.now() - start) / 1000);
  await writeFile(`${object}.plan`, encodePlan(plan));
  await writeFile(`${object}.root`, sealed.entry().payloadRoot);
}

async function open(): Promise<void> {
  const plan = decodePlan(await readFile(`${object}.plan`));
  const nothing = new Uint8Array(32);
  const { account, docId, verId, fileKey, payloadLen } = plan;
  const payloadRoot = new Uint8Array(await readFile(`${object}.root`));
  const entry: ManifestEntry = { docId, verId, payloadLen, payloadRoot, fkCommit: nothing, metaHash: nothing };
  // Only key and length of it are used below; the header is opened before, and once.
  const metadata = { kind: "file", name: "", folder: "", mediaType: "", size: plan.size, payloadLen } as const;
  const rest = { createdMs: 0, modifiedMs: 0, currentMs: 0, thumbnailLen: 0, thumbnailHash: null };
  const opened = { account, fileKey, metadata: { ...metadata, ...rest } };
  const start = performance.now();
  const plain = openDocument(opened, entry, async (from, to) => reading(object, from, to), { workers });
  await pipeline(plain, createWriteStream(output, { highWaterMark }));
  console.log((performance.now() - start) / 1000);
}

await (direction === "seal" ? seal() : open());
