import { randomBytes, randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { encodeBase64url, newId } from "@afterkeep/bytes";
import { partLength } from "@afterkeep/contracts";
import { sha256 } from "@afterkeep/crypto";
import { generateIdentity, recipientOf } from "@afterkeep/formats";
import { planDocument, type SealingPlan, sealObject } from "@afterkeep/sealing";
import type { Afterkeep } from "@afterkeep/sdk";
import {
  type FileItem,
  itemOfFile,
  leanFetch,
  openContext,
  openHome,
  processTerminal,
  totpCode,
  totpStep,
} from "@afterkeep/cli/device";
import { createTransport, type Transport } from "@afterkeep/sdk/transport";
import { startProduct } from "../../scripts/stage/product.ts";
import { type Result, spreadOf, timeResult } from "../report.ts";
import { makePlace, removeAll, writeRandom } from "./place.ts";

const fileBytes = 512 * 1024 * 1024;
/** As many parts as the SDK sends at once. */
const copiesAtOnce = 3;

type Scene = { readonly afterkeep: Afterkeep; readonly transport: Transport; readonly item: FileItem };
type Part = { readonly bytes: Uint8Array<ArrayBuffer>; readonly hash: Uint8Array<ArrayBuffer> };

/** From a file to a committed document through the real server, against each half of that work alone, in alternating rounds. */
export async function benchUpload(rounds: number): Promise<{ notes: string[]; results: Result[] }> {
  // Every round leaves an object behind: the server keeps what was removed for a while.
  const { folder, note } = await makePlace((rounds + 3) * 1.1 * fileBytes);
  const product = await startProduct({ data: join(folder, "data"), mode: "local" });
  try {
    const scene = await setUp(folder, product.url);
    const steps = new Map([
      ["upload", () => upload(scene)],
      ["seal", () => sealAlone(scene)],
      ["copy", () => copyAlone(scene)],
    ]);
    const samples = await alternate(steps, rounds);
    const kept = "the product's folder and database too";
    return { notes: [`${note} Of upload.local, ${kept}; 512 MiB of random bytes.`], results: resultsOf(samples) };
  } finally {
    await product.stop();
    await removeAll(folder);
  }
}

async function setUp(folder: string, serverUrl: string): Promise<Scene> {
  const env = { AFTERKEEP_HOME: join(folder, "home") };
  const { afterkeep } = await openContext(
    { ...processTerminal(), env },
    { server: serverUrl },
    new AbortController().signal,
  );
  const person = { email: "bench@example.org", displayName: "Bench", passphrase: "lantern gravel otter midnight 47" };
  const pending = await afterkeep.beginSignUp(person);
  await pending.finish(totpCode(pending.totpSecret, totpStep(Date.now())));
  const { store } = await openHome(env);
  const credentials = async () => ({ owner: (await store.loadSecrets())?.session?.token ?? "", recipient: "" });
  const transport = createTransport({ serverUrl, channel: "bearer", fetch: leanFetch, credentials });
  await mkdir(join(folder, "files"));
  const path = join(folder, "files", "large.bin");
  await writeRandom(path, fileBytes);
  return { afterkeep, transport, item: await itemOfFile(path, "") };
}

type Step = () => Promise<number>;

/** Seconds by name. Round 0 warms up and does not count; who comes first turns, so that all meet the same states of the machine. */
async function alternate(steps: ReadonlyMap<string, Step>, rounds: number): Promise<Map<string, number[]>> {
  const samples = new Map<string, number[]>();
  const names = [...steps.keys()];
  for (let round = 0; round <= rounds; round++) {
    for (const [i] of names.entries()) {
      const name = names[(i + round) % names.length] ?? "";
      const seconds = await steps.get(name)?.();
      if (seconds !== undefined && round > 0) samples.set(name, [...(samples.get(name) ?? []), seconds]);
    }
  }
  return samples;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** File to committed document: what `afterkeep document seal` does. */
async function upload({ afterkeep, item }: Scene): Promise<number> {
  const sealed: string[] = [];
  const seconds = await timed(async () => {
    for (const { doc } of await afterkeep.seal([{ ...item, name: randomUUID() }])) sealed.push(doc);
  });
  await afterkeep.removeDocuments(sealed);
  return seconds;
}

/** The same file sealed to nowhere, as the SDK seals it. */
async function sealAlone({ item }: Scene): Promise<number> {
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
async function copyAlone({ transport }: Scene): Promise<number> {
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
  return planDocument({ ...ids, metadata: { ...metadata, size: fileBytes, ...times }, recipients });
}

function resultsOf(samples: ReadonlyMap<string, number[]>): Result[] {
  const of = (name: string) => samples.get(name) ?? [];
  const halves = [
    { what: "sealing alone", samples: of("seal") },
    { what: "copying alone", samples: of("copy") },
  ];
  const [slower, faster] = halves.sort((a, b) => spreadOf(b.samples).value - spreadOf(a.samples).value);
  if (slower === undefined || faster === undefined) throw new Error("nothing was measured");
  const job = "512 MiB, file to committed document through the api, one thread";
  return [
    timeResult(
      { id: "upload.local", what: `${job}, against the slower half of it alone`, bar: 0.7 },
      of("upload"),
      slower,
    ),
    timeResult({ id: "upload.local.other", what: "the same, against the faster half" }, of("upload"), faster),
  ];
}
