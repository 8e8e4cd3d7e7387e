import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { streamOf } from "@afterkeep/sealing";
import { describe, expect, it } from "vitest";
import { ZipSink } from "./zip-sink.ts";

/** What Python's own reader finds in a ZIP file: its check of every file, and their contents in hexadecimal. */
const reader = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    print(json.dumps({i.filename: z.read(i).hex() for i in z.infolist()}))
`;

async function readBack(zip: Blob): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), "ak-zip-"));
  try {
    const path = join(folder, "saved.zip");
    writeFileSync(path, new Uint8Array(await zip.arrayBuffer()));
    return JSON.parse(execFileSync("python3", ["-c", reader, path], { encoding: "utf8" }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function* parts(): AsyncGenerator<Uint8Array, void, undefined> {
  for (let i = 0; i < 5; i++) yield new Uint8Array(70_000).fill(i);
}

describe("a ZIP in place of a folder", () => {
  it.each([
    ["of ordinary size", undefined],
    ["with the fields of large files", 1],
    ["that becomes large on the way", 100_000],
  ])("%s is read back by another program, byte for byte", async (_size, limit) => {
    const sink = new ZipSink(limit);
    await sink.writeFile("READ-ME.txt", new TextEncoder().encode("hello"));
    await sink.writeFile("documents/Grüße.age", streamOf(parts()));
    await sink.writeFile("empty", new Uint8Array(0));
    const expected = Buffer.concat(Array.from({ length: 5 }, (_, i) => Buffer.alloc(70_000, i)));
    expect(await readBack(sink.finish())).toEqual({
      "READ-ME.txt": Buffer.from("hello").toString("hex"),
      "documents/Grüße.age": expected.toString("hex"),
      empty: "",
    });
  });
});
