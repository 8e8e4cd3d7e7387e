import { readFileSync } from "node:fs";
import { join } from "node:path";
import { copyBytes, equalBytes } from "@afterkeep/bytes";
import {
  type Checkpoint,
  decodeEntryBundle,
  leafHash,
  parseVerifierKey,
  proveConsistency,
  proveInclusion,
  rootOfLeaves,
  tileHashes,
  tilePath,
  verifyCheckpoint,
  verifyConsistency,
  verifyInclusion,
} from "@afterkeep/merkle";
import { isRefused, type Report, type Runner } from "./report.ts";

const root = "tlog-tiles/testdata/log/";
const verifier = parseVerifierKey("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx");

/** A signed log of 15 leaves (transparency-dev/tessera): its checkpoints, tiles and entries must agree, and bear no change. */
export const tlogTilesRunner: Runner = {
  title: "tlog-tiles",
  covers: (path) => new RegExp(`^${root}(checkpoint(\\.\\d+)?|tile/.*)$`).test(path),
  run: (folder, paths, report) => {
    const read = (path: string) => copyBytes(readFileSync(join(folder, root, path)));
    const head = verifyCheckpoint(read("checkpoint"), verifier);
    const leaves = tileHashes(read(tilePath({ level: 0, index: 0, width: head.size })));
    checkTiles(read, head, leaves, report);
    for (const path of paths.filter((name) => name.startsWith(`${root}checkpoint`))) {
      checkHead(verifyCheckpoint(read(path.slice(root.length)), verifier), head, leaves, report);
    }
    checkEveryChange(read("checkpoint"), report);
  },
};

function checkTiles(read: (path: string) => Uint8Array, head: Checkpoint, leaves: Uint8Array[], report: Report): void {
  for (let width = 1; width <= head.size; width++) {
    const tile = tileHashes(read(tilePath({ level: 0, index: 0, width })));
    const entries = decodeEntryBundle(read(tilePath({ level: "entries", index: 0, width })));
    const isPrefix = (hashes: readonly Uint8Array[]) =>
      hashes.length === width && hashes.every((hash, i) => equalBytes(hash, leaves[i] ?? new Uint8Array(0)));
    report.check(`tile of ${width}`, () => isPrefix(tile));
    report.check(`entries of ${width}`, () => isPrefix(entries.map(leafHash)));
  }
}

function checkHead(checkpoint: Checkpoint, head: Checkpoint, leaves: readonly Uint8Array[], report: Report): void {
  const { size } = checkpoint;
  const own = leaves.slice(0, size);
  report.check(`root of ${size}`, () => equalBytes(rootOfLeaves(own), checkpoint.root));
  if (size > 0) {
    report.check(`consistency of ${size}`, () =>
      verifyConsistency(size, head.size, proveConsistency(size, leaves), checkpoint.root, head.root),
    );
  }
  own.forEach((leaf, i) =>
    report.check(`inclusion of ${i} in ${size}`, () =>
      verifyInclusion(leaf, i, size, proveInclusion(i, own), checkpoint.root),
    ),
  );
}

/** Every byte of the checkpoint, replaced by every other value, or dropped. */
function checkEveryChange(checkpoint: Uint8Array, report: Report): void {
  checkpoint.forEach((original, at) => {
    for (let value = 0; value < 256; value++) {
      if (value === original) continue;
      const changed = copyBytes(checkpoint);
      changed[at] = value;
      report.check(`byte ${at} as ${value}`, () => isRefused(() => verifyCheckpoint(changed, verifier)));
    }
    const dropped = checkpoint.filter((_, i) => i !== at);
    report.check(`byte ${at} dropped`, () => isRefused(() => verifyCheckpoint(dropped, verifier)));
  });
}
