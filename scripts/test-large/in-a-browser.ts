import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { generateSync } from "otplib";
import { hashFile } from "../stage/belongings.ts";
import { BareBrowser } from "./bare-browser.ts";
import type { BarePage } from "./bare-page.ts";
import { type ChromiumMemory, largest, watchChromium } from "./chromium-memory.ts";
import { bytesBelow, expectTrue, megabytes, sayRate, type Scene } from "./scene.ts";
import { whileItMoves } from "./while-it-moves.ts";

/**
 * Chosen in the real web app, the page closed in the middle, gone on with in a new page, downloaded to disk and compared. Answers how
 * much memory that took, above what each process took with the vault open and nothing under way.
 */
export async function keepInBrowser(scene: Scene): Promise<ChromiumMemory> {
  const downloads = join(scene.folder, "downloads");
  await mkdir(downloads);
  const browser = await BareBrowser.launch(join(scene.folder, "chromium"), downloads);
  let seen: ChromiumMemory = { peaks: new Map(), growth: new Map() };
  const watching = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const [result, { peaks, growth }] = await watchChromium(browser.pid, work);
    scene.say(`${what}: the page grew by ${megabytes(growth.get("renderer") ?? 0)}`);
    seen = { peaks: largest(seen.peaks, peaks), growth: largest(seen.growth, growth) };
    return result;
  };
  try {
    const before = await bytesOnServer(scene);
    const first = await signIn(await browser.openPage(), scene);
    const msBefore = await watching("before it was closed", () => interrupt(browser, first, scene, before));
    const second = await unlock(await browser.openPage(), scene);
    const msAfter = await watching("going on in a new one", () => goOn(second, scene, before));
    sayRate(scene.say, "sealed and uploaded, signing in again left out", scene.file.bytes, msBefore + msAfter);
    await watching("downloading", () => downloadAndCompare(browser, second, scene, downloads));
    return seen;
  } catch (error) {
    throw new Error(await describePages(browser), { cause: error });
  } finally {
    await browser.close();
  }
}

function bytesOnServer({ product }: Scene): Promise<number> {
  return bytesBelow(join(product.data, "objects"));
}

async function signIn(page: BarePage, scene: Scene): Promise<BarePage> {
  await page.goTo(scene.product.url);
  await page.press("link", "Sign in");
  await page.fill("E-mail address", scene.owner.email);
  return enter(page, scene, "Sign in");
}

/** As somebody comes back to a browser that knows them. */
async function unlock(page: BarePage, scene: Scene): Promise<BarePage> {
  await page.goTo(scene.product.url);
  await page.press("button", "Unlock my vault");
  return enter(page, scene, "Unlock");
}

/** Seals until four tenths are on the server, and closes the page. Answers how long that took, ms. */
async function interrupt(browser: BareBrowser, page: BarePage, scene: Scene, before: number): Promise<number> {
  const begun = performance.now();
  await page.choose("Files", scene.file.path);
  await page.waitFor(isSealing);
  await whileItMoves({
    what: "Sealing in the page",
    isOver: async () => (await bytesOnServer(scene)) - before >= scene.file.bytes * 0.4 || !(await isAtIt(page)),
    mark: () => bytesOnServer(scene),
  });
  expectTrue(await isAtIt(page), "the upload ended before its page was closed");
  await browser.closePage(page);
  const taken = performance.now() - begun;
  scene.say(`page closed with ${megabytes((await bytesOnServer(scene)) - before)} on the server`);
  return taken;
}

/** Answers how long it took, ms. */
async function goOn(page: BarePage, scene: Scene, before: number): Promise<number> {
  const begun = performance.now();
  await page.choose(`Go on with ${scene.name}`, scene.file.path);
  await page.waitFor(isSealing);
  await whileItMoves({
    what: "Going on in a new page",
    isOver: async () => !(await isAtIt(page)),
    mark: async () => `${await bytesOnServer(scene)} ${await page.progress()}`,
  });
  await page.waitFor(/One document was sealed and put into your vault/);
  const taken = performance.now() - begun;
  expectTrue(!/from the beginning/.test(await page.text()), "it was sealed again from the start");
  const sent = (await bytesOnServer(scene)) - before;
  expectTrue(sent < scene.file.bytes * 1.3, `it was sent again from the start: ${megabytes(sent)} are on the server`);
  return taken;
}

async function downloadAndCompare(browser: BareBrowser, page: BarePage, scene: Scene, folder: string): Promise<void> {
  const begun = performance.now();
  const path = await download(browser, page, scene, folder);
  sayRate(scene.say, "downloaded, opened and verified", scene.file.bytes, performance.now() - begun);
  expectTrue((await hashFile(path)) === scene.file.sha256, "what was opened is not what was sealed");
  await rm(path);
}

const isSealing = /^(Sealing |Preparing)/m;

async function isAtIt(page: BarePage): Promise<boolean> {
  return isSealing.test(await page.text());
}

let lastStep = 0;

/** Passphrase and code, and on to the documents. */
async function enter(page: BarePage, scene: Scene, button: string): Promise<BarePage> {
  const { owner, passphrase, totpSecret } = scene;
  await page.fill("Passphrase", passphrase);
  // A code works once, and the command line may have used this one or the next.
  lastStep = Math.max(lastStep, Number(await readFile(join(owner.folder, "profile/totp-step"), "utf8")));
  while (Math.floor(Date.now() / 30_000) <= lastStep) await wait(500);
  lastStep = Math.floor(Date.now() / 30_000);
  await page.fill("Six-digit code", generateSync({ secret: totpSecret }));
  await page.press("button", button);
  await page.press("link", "Documents");
  await page.waitFor(/In your vault/);
  return page;
}

/** Answers where the finished file lies. */
async function download(browser: BareBrowser, page: BarePage, scene: Scene, folder: string): Promise<string> {
  const { name } = scene;
  await page.press("link", name);
  await page.press("button", `Download ${name}`);
  await whileItMoves({
    what: "Downloading",
    isOver: () => (browser.download?.state ?? "inProgress") !== "inProgress",
    mark: async () => `${browser.download?.receivedBytes ?? 0} ${await page.progress()}`,
  });
  expectTrue(browser.download?.state === "completed", "the download failed");
  const [found = ""] = await readdir(folder);
  return join(folder, found);
}

/** What was to be read on each page, and where a picture of it lies. */
async function describePages(browser: BareBrowser): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-screens-"));
  const words = browser.pages.map(async (page, index) => {
    const path = join(folder, `${index}.png`);
    await page.photograph(path);
    return `The page showed (a picture of it: ${path}):\n${await page.text()}`;
  });
  const told = await Promise.allSettled(words);
  return told
    .map((one) => (one.status === "fulfilled" ? one.value : `A page said nothing: ${one.reason}`))
    .join("\n\n");
}
