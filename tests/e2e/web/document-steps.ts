import { generateSync } from "otplib";
import type { BrowserContext, Locator, Page, Route } from "playwright-core";
import { goTo, type Owner, readDownload } from "./owner-steps.ts";

/** The code of the next half minute: a code works once, and the one of this half minute made the account. */
export function nextCode(secret: string): string {
  return generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + 30 });
}

export async function unlock(page: Page, owner: Owner): Promise<void> {
  await page.getByLabel("Passphrase", { exact: true }).fill(owner.passphrase);
  await page.getByLabel("Six-digit code").fill(nextCode(owner.totpSecret));
  await page.getByRole("button", { name: "Unlock" }).click();
}

/**
 * Takes away the pickers of files that only a person can press. What stays is what every browser has: file inputs, and downloads that
 * our own worker streams.
 */
export async function withoutPickers(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    for (const name of ["showOpenFilePicker", "showSaveFilePicker"]) Reflect.deleteProperty(globalThis, name);
  });
}

/** Keeps what the page shows from its own memory, to be looked at with `readShown`: the page's policy lets nobody fetch it again. */
export async function keepShown(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const make = URL.createObjectURL.bind(URL);
    const shown: Blob[] = [];
    Reflect.set(globalThis, "shownInThisPage", shown);
    URL.createObjectURL = (object: Blob | MediaSource) => {
      if (object instanceof Blob) shown.push(object);
      return make(object);
    };
  });
}

/** Bytes (as Latin-1 text) of everything of this media type that the page has shown. */
export async function readShown(page: Page, type: string): Promise<string[]> {
  return page.evaluate(async (wanted) => {
    const shown: unknown = Reflect.get(globalThis, "shownInThisPage");
    const blobs = Array.isArray(shown) ? shown.filter((one): one is Blob => one instanceof Blob) : [];
    const decode = async (blob: Blob) => new TextDecoder("latin1").decode(await blob.arrayBuffer());
    return Promise.all(blobs.filter((blob) => blob.type === wanted).map(decode));
  }, type);
}

/**
 * Notes every part that a page tries to send, and lets `killLineFrom` cut the line from one part on.
 * Why within the page: what a test holds up outside of it goes on its way when the page is closed.
 */
export async function watchParts(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const send = globalThis.fetch.bind(globalThis);
    const sent: number[] = [];
    Reflect.set(globalThis, "partsSentByThisPage", sent);
    globalThis.fetch = (input, init) => {
      const part = /\/parts\/(\d+)$/.exec(input instanceof Request ? input.url : input.toString())?.[1];
      if (part === undefined) return send(input, init);
      sent.push(Number(part));
      const dead: unknown = Reflect.get(globalThis, "lineIsDeadFrom");
      const isDead = typeof dead === "number" && Number(part) >= dead;
      return isDead ? Promise.reject(new TypeError("Failed to fetch")) : send(input, init);
    };
  });
}

export async function killLineFrom(page: Page, part: number): Promise<void> {
  await page.evaluate((first) => void Reflect.set(globalThis, "lineIsDeadFrom", first), part);
}

export async function partsSent(page: Page): Promise<number[]> {
  return page.evaluate(() => {
    const sent: unknown = Reflect.get(globalThis, "partsSentByThisPage");
    return Array.isArray(sent) ? sent.map(Number) : [];
  });
}

/** A picture as a camera would make it, drawn in the browser; with an EXIF block that must not travel into the small picture. */
export async function drawPhoto(page: Page, secret: string): Promise<Buffer> {
  const bytes = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(1600, 1000);
    const paper = canvas.getContext("2d");
    if (paper === null) throw new Error("this browser draws nothing");
    for (let x = 0; x < 1600; x += 20) {
      paper.fillStyle = `hsl(${x % 360} 60% ${20 + ((x * 7) % 60)}%)`;
      paper.fillRect(x, (x * 13) % 500, 60, 700);
    }
    return [...new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg" })).arrayBuffer())];
  });
  const exif = Buffer.from(`Exif\0\0${secret}`, "latin1");
  const length = Buffer.from([0xff, 0xe1, (exif.length + 2) >> 8, (exif.length + 2) & 255]);
  return Buffer.concat([Buffer.from(bytes.slice(0, 2)), length, exif, Buffer.from(bytes.slice(2))]);
}

export async function openDocument(page: Page, name: string): Promise<void> {
  await goTo(page, "Documents");
  await page.getByRole("link", { name, exact: true }).click();
  await page.getByRole("heading", { name, level: 1 }).waitFor();
}

export async function download(page: Page, name: string): Promise<Buffer> {
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: `Download ${name}` }).click();
  return readDownload(await downloading);
}

/** Presses download while `lie` answers for the object, and tells what was said. Fails if a whole file was handed out. */
export async function refusedDownload(page: Page, name: string, lie: (route: Route) => Promise<void>): Promise<string> {
  // Why anew: what was said of the attempt before must not be taken for what is said of this one.
  await openDocument(page, name);
  const saved: string[] = [];
  const note = (download: { failure(): Promise<string | null>; suggestedFilename(): string }): void => {
    void download.failure().then((failure) => failure === null && saved.push(download.suggestedFilename()));
  };
  page.on("download", note);
  await page.route("**/object", lie);
  await page.getByRole("button", { name: `Download ${name}` }).click();
  const alert: Locator = page.getByRole("region", { name: "What you can do with it" }).getByRole("alert");
  await alert.waitFor();
  const words = await alert.innerText();
  await page.unroute("**/object");
  page.off("download", note);
  if (saved.length > 0) throw new Error(`${saved.join()} was saved although it is not what the owner sealed`);
  return words;
}
