import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { serveBundle } from "./engines/serve-bundle.ts";
import { withBrowser } from "./web/a-browser.ts";

it("a file is read to the end also where the browser collects garbage while its disk is slow", async () => {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-reading-"));
  const served = await serveBundle(join(import.meta.dirname, "engines/reading-page.ts"), new Map());
  try {
    await writeFile(join(folder, "film.bin"), randomBytes(4_000_000));
    await withBrowser(
      async (browser) => {
        const page = await browser.newPage();
        await page.goto(served.origin);
        await page.locator("input").setInputFiles(join(folder, "film.bin"));
        const ends = await page.evaluate((): Promise<string[]> =>
          Reflect.get(globalThis, "readWhileCollecting")(60, 60_000),
        );
        expect(new Set(ends)).toEqual(new Set(["read"]));
      },
      ["--js-flags=--expose-gc"],
    );
  } finally {
    await served.close();
    await rm(folder, { recursive: true });
  }
});
