import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { hashFile } from "../stage/belongings.ts";
import { bytesBelow, expectTrue, megabytes, type Scene } from "./scene.ts";

type Document = { doc: string; ver: string };

/** Sealed, killed in the middle, gone on with, opened again and compared. */
export async function sealAndOpen({ owner, product, file, folder, memory, say }: Scene): Promise<void> {
  const begun = performance.now();
  const objects = join(product.data, "objects");
  const first = owner.start("document", "seal", file.path);
  memory.follow(first.pid);
  while ((await bytesBelow(objects)) < file.bytes * 0.4) {
    expectTrue(!first.hasEnded(), "the command ended before it could be killed");
    await wait(500);
  }
  await first.kill("SIGKILL");
  await first.outcome;
  say(`killed with ${megabytes(await bytesBelow(objects))} on the server`);
  const second = owner.start("document", "seal", file.path);
  memory.follow(second.pid);
  const sealed = await second.outcome;
  expectTrue(sealed.exitCode === 0, `sealing ended with ${sealed.exitCode}: ${JSON.stringify(sealed.json)}`);
  expectTrue(sealed.stderr.includes("Going on where it broke off"), "it did not go on where it broke off");
  const [document] = sealed.json["documents"] as [Document];
  sayRate(say, "sealed and uploaded, the interruption included", file.bytes, begun);
  const opening = performance.now();
  const out = join(folder, "opened.bin");
  const third = owner.start("document", "open", document.doc, "--out", out);
  memory.follow(third.pid);
  expectTrue((await third.outcome).exitCode === 0, "it could not be opened");
  sayRate(say, "downloaded, opened and verified", file.bytes, opening);
  expectTrue((await hashFile(out)) === file.sha256, "what was opened is not what was sealed");
  await rm(out);
  await owner.run("document", "remove", document.doc, "--yes");
}

/** A file of that size takes no room (it is sparse); the server takes its announcement and its first parts, and is told to forget it. */
export async function announce({ owner, product, folder, say }: Scene, bytes: number): Promise<void> {
  const path = join(folder, "fifty.bin");
  const file = await open(path, "w");
  await file.truncate(bytes);
  await file.close();
  const objects = join(product.data, "objects");
  const before = await bytesBelow(objects);
  const cli = owner.start("document", "seal", path);
  while ((await bytesBelow(objects)) - before < 2 ** 24) {
    if (cli.hasEnded()) throw new Error(`not taken: ${JSON.stringify((await cli.outcome).json)}`);
    await wait(200);
  }
  await cli.kill("SIGINT");
  await cli.outcome;
  const { uploads } = (await owner.run("document", "uploads")) as { uploads: { sealedBytes: number }[] };
  expectTrue((uploads[0]?.sealedBytes ?? 0) > bytes, "the announcement does not stand in the journal");
  await owner.run("document", "discard-upload", "--all");
  expectTrue((await bytesBelow(objects)) <= before, "parts of a discarded upload are still there");
  await rm(path);
  say(`an object of ${megabytes(uploads[0]?.sealedBytes ?? 0)} was announced, begun and discarded`);
}

export function sayRate(say: (line: string) => void, what: string, bytes: number, begun: number): void {
  const seconds = (performance.now() - begun) / 1000;
  say(`${what}: ${seconds.toFixed(1)} s, ${megabytes(bytes / seconds)}/s`);
}
