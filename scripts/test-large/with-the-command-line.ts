import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { hashFile } from "../stage/belongings.ts";
import { processesBelow, readProcess } from "../stage/memory-watch.ts";
import type { CliOutcome, RunningCli } from "../stage/person.ts";
import { bytesBelow, expectTrue, megabytes, sayRate, type Scene } from "./scene.ts";
import { whileItMoves } from "./while-it-moves.ts";

type Document = { doc: string; ver: string };

/** Sealed, killed in the middle, gone on with, opened again and compared. */
export async function sealAndOpen(scene: Scene): Promise<void> {
  const { owner, product, file, folder, say } = scene;
  const begun = performance.now();
  const objects = join(product.data, "objects");
  const killed = start(scene, "document", "seal", file.path);
  await whileItMoves({
    what: "Sealing",
    isOver: async () => killed.hasEnded() || (await bytesBelow(objects)) >= file.bytes * 0.4,
    mark: () => bytesBelow(objects),
  });
  if (killed.hasEnded()) throw new Error(`it ended before it could be killed: ${describe(await killed.outcome)}`);
  await killed.kill("SIGKILL");
  await killed.outcome;
  say(`killed with ${megabytes(await bytesBelow(objects))} on the server`);
  const sealed = await untilItEnds(start(scene, "document", "seal", file.path), "Going on");
  expectTrue(sealed.exitCode === 0, `sealing failed: ${describe(sealed)}`);
  expectTrue(
    sealed.stderr.includes("Going on where it broke off"),
    `it did not go on where it broke off: ${describe(sealed)}`,
  );
  const [document] = sealed.json["documents"] as [Document];
  sayRate(say, "sealed and uploaded, the interruption included", file.bytes, performance.now() - begun);
  const opening = performance.now();
  const out = join(folder, "opened.bin");
  const opened = await untilItEnds(start(scene, "document", "open", document.doc, "--out", out), "Opening");
  expectTrue(opened.exitCode === 0, `it could not be opened: ${describe(opened)}`);
  sayRate(say, "downloaded, opened and verified", file.bytes, performance.now() - opening);
  expectTrue((await hashFile(out)) === file.sha256, "what was opened is not what was sealed");
  await rm(out);
  await owner.run("document", "remove", document.doc, "--yes");
}

/** A file of that size takes no room (it is sparse); the server takes its announcement and its first parts, and is told to forget it. */
export async function announce(scene: Scene, bytes: number): Promise<void> {
  const { owner, product, folder, say } = scene;
  const path = join(folder, "fifty.bin");
  const file = await open(path, "w");
  await file.truncate(bytes);
  await file.close();
  const objects = join(product.data, "objects");
  const before = await bytesBelow(objects);
  const cli = start(scene, "document", "seal", path);
  await whileItMoves({
    what: "Announcing",
    isOver: async () => cli.hasEnded() || (await bytesBelow(objects)) - before >= 2 ** 24,
    mark: () => bytesBelow(objects),
  });
  if (cli.hasEnded()) throw new Error(`not taken: ${describe(await cli.outcome)}`);
  await cli.kill("SIGINT");
  await untilItEnds(cli, "Being interrupted");
  const { uploads } = (await owner.run("document", "uploads")) as { uploads: { sealedBytes: number }[] };
  expectTrue((uploads[0]?.sealedBytes ?? 0) > bytes, "the announcement does not stand in the journal");
  await owner.run("document", "discard-upload", "--all");
  expectTrue((await bytesBelow(objects)) <= before, "parts of a discarded upload are still there");
  await rm(path);
  say(`an object of ${megabytes(uploads[0]?.sealedBytes ?? 0)} was announced, begun and discarded`);
}

function start({ owner, memory }: Scene, ...args: string[]): RunningCli {
  const cli = owner.start(...args);
  memory.follow(cli.pid);
  return cli;
}

async function untilItEnds(cli: RunningCli, what: string): Promise<CliOutcome> {
  await whileItMoves({ what, isOver: cli.hasEnded, mark: () => megabytesPassed(cli.pid) });
  return cli.outcome;
}

/** Whole megabytes that a command has read and written so far, from wherever to wherever. Source: proc_pid_io(5). */
function megabytesPassed(pid: number): number {
  let sum = 0;
  for (const one of processesBelow(new Set([pid])))
    for (const [, bytes] of readProcess(one, "io").matchAll(/^[rw]char: (\d+)$/gm)) sum += Number(bytes);
  return Math.floor(sum / 1e6);
}

function describe({ exitCode, json, stderr }: CliOutcome): string {
  return `exit code ${exitCode}\n${JSON.stringify(json)}\n${stderr}`;
}
