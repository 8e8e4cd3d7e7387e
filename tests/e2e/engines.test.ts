import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readVectors } from "@afterkeep/sealing/testing/read-vectors";
import type { PageReport, WorkersReport } from "./engines/page.ts";
import { type ServedBundle, serveBundle } from "./engines/serve-bundle.ts";
import { desktop, openWatched, withBrowser } from "./web/a-browser.ts";

let served: ServedBundle;
beforeAll(async () => {
  const vectors = new Map([["/vectors.json", JSON.stringify(readVectors())]]);
  served = await serveBundle(join(import.meta.dirname, "engines/page.ts"), vectors);
});
afterAll(() => served.close());

it("a browser's engines give the bytes that the vectors say, under the policy that the product serves", async () => {
  await withBrowser(async (browser) => {
    const { page, complaints } = await openWatched(browser, served.origin, desktop);
    await page.goto(served.origin);
    const report = await page.evaluate((): Promise<PageReport> => Reflect.get(globalThis, "judgeAll")());
    expect(report.chosen).toBe("wasm");
    const { isNative } = report;
    console.log(`This browser ${isNative ? "has" : "has not"} the cipher itself.`);
    expect(report.without).toEqual({ wasm: isNative ? "webcrypto" : "javascript", any: "javascript" });
    expect(report.workers).toEqual({ own: true, missing: false });
    expect(Object.fromEntries(Object.entries(report.verdicts).map(([name, { wrong }]) => [name, wrong]))).toEqual({
      "aead wrapper": [],
      hkdf: [],
      ...Object.fromEntries(
        [...(isNative ? ["webcrypto"] : []), "wasm", "javascript"].flatMap((name) => [
          [`age ${name}`, []],
          [`aead ${name}`, []],
        ]),
      ),
      ...(isNative ? { "age webcrypto in a worker": [] } : {}),
      "age wasm in a worker": [],
    });
    const tried = Object.values(report.verdicts).map((verdict) => verdict.tried);
    // Of every engine: 143 files of age and 45 sealed chunks; of the wrapper 325, and of the key derivation as many as there are.
    const ofEngines = isNative ? { age: 5, chunks: 3 } : { age: 3, chunks: 2 };
    const wanted = [...Array(ofEngines.age).fill(143), ...Array(ofEngines.chunks).fill(45)];
    for (const count of wanted) tried.splice(tried.indexOf(count), 1);
    expect(tried.toSorted((a, b) => b - a)).toEqual([325, expect.any(Number)]);
    expect(complaints).toEqual([]);
  });
});

it("large streams go through workers, and one that is killed in the midst costs the stream, never a wrong byte", async () => {
  // What they load is the cipher alone; with all that lies beside it in its rooms it is sixteen times as long.
  const script = await (await fetch(`${served.origin}/cipher-worker.js`)).text();
  expect(script.length).toBeLessThan(20_000);
  await withBrowser(async (browser) => {
    const { page, complaints, workers } = await openWatched(browser, served.origin, desktop);
    await page.goto(served.origin);
    const report = await page.evaluate((): Promise<WorkersReport> => Reflect.get(globalThis, "tryWorkers")());
    expect(report).toEqual({
      isRight: true,
      damaged: expect.stringContaining("This could not be decrypted"),
      killed: "Error: A sealing thread ended early.",
      isRightAfter: true,
    });
    // Why not how many: of one that is killed at once, the browser may never tell.
    expect(new Set(workers)).toEqual(new Set(["/cipher-worker.js"]));
    expect(complaints).toEqual([]);
  });
});
