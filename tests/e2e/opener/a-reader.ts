import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { phone, type Screen } from "../web/a-browser.ts";

/** What somebody brings to open with. */
export type Bring = { readonly passphrase: string } | { readonly words: string } | { readonly keyFile: string };

/** Somebody without any network, with the page of a saved folder open from their own disk. */
export type Reader = {
  readonly page: Page;
  /** Everything that the page asked for beyond its own file, and every error it noted. */
  readonly complaints: readonly string[];
  /** Chooses the folder and presses Open. */
  open(folder: string, bring: Bring): Promise<void>;
  /** Opens what must not open. Answers what the page says. */
  refused(folder: string, bring: Bring): Promise<string>;
  /** Presses Save beside a document. Answers the file. */
  save(name: string): Promise<Buffer>;
  /** Presses Save beside a document that must not be given out. Answers what the page says. */
  refusedSave(name: string): Promise<string>;
};

export async function aReader(browser: Browser, opener: string, screen: Screen = phone): Promise<Reader> {
  const context = await browser.newContext({ viewport: screen, acceptDownloads: true });
  context.setDefaultTimeout(120_000);
  await context.setOffline(true);
  const complaints: string[] = [];
  const address = pathToFileURL(opener).href;
  context.on("request", (request) => {
    const url = request.url();
    if (url !== address && !url.startsWith("blob:")) complaints.push(`request: ${url}`);
  });
  context.on("console", (message) => void complaints.push(`${message.type()}: ${message.text()}`));
  context.on("weberror", (error) => void complaints.push(`uncaught: ${error.error().message}`));
  const page = await context.newPage();
  const open = async (folder: string, bring: Bring): Promise<void> => {
    await page.goto(address);
    await page.setInputFiles("#folder", folder);
    await bringKey(page, bring);
    await page.getByRole("button", { name: "Open", exact: true }).click();
  };
  return {
    page,
    complaints,
    open: async (folder, bring) => {
      await open(folder, bring);
      await page.getByRole("article", { name: "Left to you" }).waitFor();
    },
    refused: async (folder, bring) => {
      await open(folder, bring);
      const problem = page.getByRole("alert").filter({ hasText: /./ });
      await problem.waitFor();
      if (await page.getByRole("article", { name: "Left to you" }).isVisible()) throw new Error("it was opened");
      return problem.innerText();
    },
    save: async (name) => {
      const download = page.waitForEvent("download");
      await page.getByRole("button", { name: `Save ${name}`, exact: true }).click();
      return readFile(await (await download).path());
    },
    refusedSave: async (name) => {
      let isSaved = false;
      page.on("download", () => (isSaved = true));
      const item = page.getByRole("listitem").filter({ has: page.getByRole("button", { name: `Save ${name}` }) });
      await item.getByRole("button", { name: `Save ${name}`, exact: true }).click();
      const said = item.locator(".notice");
      await said.waitFor();
      if (isSaved) throw new Error(`${name} was saved`);
      return said.innerText();
    },
  };
}

/**
 * Makes the page's folder picker choose a folder that is kept in the page: nobody can press the real one in a browser without a screen.
 * `there` is what lies in it before. Answers how to read what lies in it now: text by path.
 */
export async function choosesFolder(
  { page }: Reader,
  there: Readonly<Record<string, string>> = {},
): Promise<() => Promise<Record<string, string>>> {
  await page.addInitScript((before) => {
    const saved: Record<string, string> = { ...before };
    const folder = (path: string): object => ({
      getDirectoryHandle: async (name: string) => folder(`${path}${name}/`),
      removeEntry: async (name: string) => void delete saved[path + name],
      getFileHandle: async (name: string, options?: { readonly create?: boolean }) => {
        if (!(path + name in saved) && options?.create !== true) throw new DOMException("", "NotFoundError");
        saved[path + name] ??= "";
        return {
          createWritable: async () => {
            const parts: BlobPart[] = [];
            return new WritableStream<BlobPart>({
              write: (part) => void parts.push(part),
              close: async () => void (saved[path + name] = await new Blob(parts).text()),
            });
          },
        };
      },
    });
    Object.assign(globalThis, { savedFiles: saved, showDirectoryPicker: async () => folder("") });
  }, there);
  return () => page.evaluate(() => ({ ...(Reflect.get(globalThis, "savedFiles") as Record<string, string>) }));
}

async function bringKey(page: Page, bring: Bring): Promise<void> {
  if ("passphrase" in bring) {
    await page.getByLabel("With my passphrase").check();
    await page.getByLabel("Passphrase", { exact: true }).fill(bring.passphrase);
  } else if ("words" in bring) {
    await page.getByLabel("With my 24 words").check();
    await page.getByLabel("The 24 words").fill(bring.words);
  } else {
    await page.getByLabel("With my key file").check();
    if (bring.keyFile.includes("\n")) await page.getByLabel("Or its text").fill(bring.keyFile);
    else await page.setInputFiles("#key-file", bring.keyFile);
  }
}

export function pageIn(folder: string): string {
  return join(folder, "open.html");
}
