import { join } from "node:path";
import { serveBundle } from "../../tests/e2e/engines/serve-bundle.ts";
import { withBrowser } from "../../tests/e2e/web/a-browser.ts";
import { type Result, timeResult } from "../report.ts";
import type { PageSamples } from "./page.ts";

const mebibytes = 256;

/** Sealing in Chromium, against typage in the same page. */
export async function benchWeb(rounds: number): Promise<{ notes: string[]; results: Result[] }> {
  const served = await serveBundle(join(import.meta.dirname, "page.ts"), new Map());
  let samples: PageSamples = {};
  let version = "";
  try {
    await withBrowser(async (browser) => {
      version = browser.version();
      const page = await browser.newPage();
      await page.goto(served.origin);
      samples = await page.evaluate(
        ([count, length]): Promise<PageSamples> => Reflect.get(globalThis, "measure")(count, length),
        [3 * rounds, mebibytes * 2 ** 20],
      );
    });
  } finally {
    await served.close();
  }
  const anchor = { what: "typage", samples: samples["typage"] ?? [] };
  const opening = { what: "typage", samples: samples["typage opening"] ?? [] };
  const job = `seal a stream of ${mebibytes} MiB as an age file`;
  const result = (id: string, name: string, what: string, bar?: number) =>
    timeResult({ id, what, ...(bar === undefined ? {} : { bar }) }, samples[name] ?? [], anchor);
  return {
    notes: [
      `Chromium ${version}: ${mebibytes} MiB from memory that goes round, output dropped, one X25519 recipient; workers stand ready; three times as many rounds.`,
    ],
    results: [
      result("seal.web.native", "chosen", `${job}, as the web app does where Chromium has the cipher itself`, 10),
      result("seal.web.wasm", "wasm", `${job}, WebAssembly in two Web Workers`, 6),
      result("seal.web.webcrypto", "webcrypto", `${job}, WebCrypto in two Web Workers`),
      result("seal.web.wasm.1t", "wasm.1t", `${job}, WebAssembly in the page's own thread`),
      result("seal.web.webcrypto.1t", "webcrypto.1t", `${job}, WebCrypto in the page's own thread`),
      result("seal.web.tree", "tree", "the same as a document with its slice tree, as the web app seals it"),
      timeResult(
        { id: "open.web.tree", what: `open a document of ${mebibytes} MiB, each slice verified, as the web app does` },
        samples["tree opening"] ?? [],
        opening,
      ),
    ],
  };
}
