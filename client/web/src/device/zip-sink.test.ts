import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { collectBytes, streamOf } from "@afterkeep/sealing";
import { describe, expect, it } from "vitest";
import { ZipSink } from "./zip-sink.ts";

/** What Python's own reader finds in a ZIP file: its check of every file, their times, and their contents in hexadecimal. */
const reader = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    assert {i.date_time for i in z.infolist()} <= {(1980, 1, 1, 0, 0, 0)}, "times"
    print(json.dumps({i.filename: z.read(i).hex() for i in z.infolist()}))
`;

function readBack(zip: Uint8Array): unknown {
  const folder = mkdtempSync(join(tmpdir(), "ak-zip-"));
  try {
    const path = join(folder, "saved.zip");
    writeFileSync(path, zip);
    return JSON.parse(execFileSync("python3", ["-c", reader, path], { encoding: "utf8" }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const hello = new TextEncoder().encode("hello");

async function* parts(count: number, passed: (part: number) => void = () => undefined) {
  for (let i = 0; i < count; i++) {
    passed(i);
    yield new Uint8Array(70_000).fill(i);
  }
}

async function* broken(): AsyncGenerator<Uint8Array, void, undefined> {
  yield hello;
  throw new Error("the server failed");
}

describe("a ZIP in place of a folder", () => {
  it("is read back by another program, byte for byte, without a time of anything in it", async () => {
    const sink = new ZipSink();
    const zip = collectBytes(sink.stream);
    await sink.writeFile("READ-ME.txt", hello);
    await sink.writeFile("documents/Grüße.age", streamOf(parts(5)));
    await sink.writeFile("empty", new Uint8Array(0));
    sink.end();
    const expected = Buffer.concat(Array.from({ length: 5 }, (_, i) => Buffer.alloc(70_000, i)));
    expect(readBack(await zip)).toEqual({
      "READ-ME.txt": Buffer.from("hello").toString("hex"),
      "documents/Grüße.age": expected.toString("hex"),
      empty: "",
    });
  });

  it("takes no more of a file than its reader asks for", async () => {
    const sink = new ZipSink();
    let passed = -1;
    const writing = sink.writeFile("large", streamOf(parts(1000, (part) => (passed = part))));
    const read = sink.stream.getReader();
    for (let i = 0; i < 20; i++) await read.read();
    expect([passed > 10, passed < 30]).toEqual([true, true]);
    await read.cancel(new Error("stopped in the browser"));
    await expect(writing).rejects.toThrow("stopped in the browser");
  });

  it("fails as a whole where one file fails, and takes no other any more", async () => {
    const sink = new ZipSink();
    const zip = collectBytes(sink.stream);
    zip.catch(() => undefined);
    await sink.writeFile("whole", hello);
    await expect(sink.writeFile("half", streamOf(broken()))).rejects.toThrow("the server failed");
    expect(sink.isBroken).toBe(true);
    await expect(sink.writeFile("more", hello)).rejects.toThrow("the server failed");
    sink.end();
    await expect(zip).rejects.toThrow("the server failed");
  });

  it.each([
    ["before its first file", 0],
    ["between two files", 1],
  ])("that is given up %s fails", async (_when, files) => {
    const sink = new ZipSink();
    const zip = collectBytes(sink.stream);
    zip.catch(() => undefined);
    for (let i = 0; i < files; i++) await sink.writeFile(`${i}`, hello);
    sink.fail(new Error("given up"));
    await expect(zip).rejects.toThrow("given up");
  });

  it("says when there are more files than a ZIP can count", async () => {
    const sink = new ZipSink(2);
    const zip = collectBytes(sink.stream);
    for (const name of ["a", "b"]) await sink.writeFile(name, hello);
    await expect(sink.writeFile("c", hello)).rejects.toThrow("more files than one ZIP file can hold");
    sink.end();
    expect(Object.keys(readBack(await zip) as object)).toEqual(["a", "b"]);
  });
});
