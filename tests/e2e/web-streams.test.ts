import type { Page, Route } from "playwright-core";
import { describe, expect, it } from "vitest";
import { openWatched, phone, type Watched, widerThanScreen, withBrowser } from "./web/a-browser.ts";
import { withProduct } from "./web/a-product.ts";
import { openDocument, withoutPickers } from "./web/document-steps.ts";
import {
  aRecording,
  countFetched,
  drawFilm,
  endWorkers,
  playedElsewhere,
  playerOf,
  playFrom,
} from "./web/media-steps.ts";
import { addFiles, goTo, signUp } from "./web/owner-steps.ts";
import { exportAsZip, openExported, withoutFolderPickers } from "./web/zip-steps.ts";

const voice = { name: "voice.wav", mimeType: "audio/wav", buffer: aRecording(120) };
const trap = "<!doctype html><svg onload=\"top.document.title='owned'\"><script>top.document.title='owned'</script>";
const hostile = { name: "party.mp4", mimeType: "video/mp4", buffer: Buffer.from(trap) };

type File = typeof voice;

/** One byte of every slice of whatever is large another one. */
async function flipped(route: Route): Promise<void> {
  const response = await route.fetch();
  const body = await response.body();
  for (let at = 100; at < body.length && body.length >= 2 ** 19; at += 2 ** 20) body[at] = (body[at] ?? 0) ^ 1;
  await route.fulfill({ response, body });
}

/** A press, two minutes of sound, and only what is heard of it is fetched; also after the browser ended the worker. */
async function listen(page: Page): Promise<void> {
  await openDocument(page, voice.name);
  const fetched = countFetched(page);
  await page.getByRole("button", { name: "Play it here (21.2 MB)" }).click();
  const audio = playerOf(page, voice.name, "audio");
  await playFrom(audio, 110);
  expect(await audio.evaluate((element: HTMLAudioElement) => Math.round(element.duration))).toBe(120);
  expect(await audio.getAttribute("aria-label")).toBe(voice.name);
  expect([fetched() > 2 ** 20, fetched() < 6 * 2 ** 20]).toEqual([true, true]);
  await endWorkers(page);
  await playFrom(audio, 60);
  expect(fetched()).toBeLessThan(12 * 2 ** 20);
  expect(await widerThanScreen(page)).toBe(0);
}

/** The address answers while the player is shown, and nobody any more when it is not. */
async function leave(watched: Watched, url: string): Promise<void> {
  const { page, context } = watched;
  const address = (await page.getByTitle(voice.name).getAttribute("src")) ?? "";
  expect(address).toMatch(/^\/saving\/sound\/[A-Za-z0-9_-]{22}\/$/);
  expect(await playedElsewhere(page, address)).toBe("plays");
  // Nothing of it is a page of its own.
  const other = await context.newPage();
  await expect(other.goto(`${url}${address}content`)).rejects.toThrow();
  await other.close();
  await goTo(page, "Documents");
  await page.getByTitle(voice.name).waitFor({ state: "detached" });
  expect(watched.complaints).toEqual([]);
  expect(await playedElsewhere(page, address)).toBe("fails");
  const noted = watched.complaints.splice(0);
  expect(noted).toEqual([`error: Failed to load resource: net::ERR_FAILED ${url}${address}content`]);
}

async function beLiedTo(page: Page): Promise<void> {
  await openDocument(page, voice.name);
  await page.getByRole("button", { name: /^Play it here/ }).click();
  await playFrom(playerOf(page, voice.name, "audio"), 5);
  await page.route("**/object", flipped);
  await playerOf(page, voice.name, "audio").evaluate((element: HTMLAudioElement) => void (element.currentTime = 100));
  await page.getByRole("alert").getByText("not what its owner signed").waitFor();
  expect(await page.getByTitle(voice.name).count()).toBe(0);
  await page.unroute("**/object");
}

/** Each export is a ZIP that holds every document as it was, or a download that failed; the next one leaves out what broke it. */
async function takeEverything(page: Page, files: readonly File[]): Promise<void> {
  const exported = await exportAsZip(page);
  await page.getByText("Everything is in “Afterkeep export.zip”").waitFor();
  expect(compare(await openExported(exported), files)).toEqual(files.map(({ name }) => `${name}: the same`));

  await page.route("**/object", flipped);
  const broken = await exportAsZip(page);
  await page.getByRole("alert").getByText(`“${voice.name}” is not what you sealed`).waitFor();
  expect(await broken.failure()).not.toBeNull();
  const others = await exportAsZip(page);
  await page.getByRole("listitem").getByText(voice.name).waitFor();
  expect(compare(await openExported(others), files)).toEqual([
    `${voice.name}: not there`,
    ...files.filter((file) => file !== voice).map(({ name }) => `${name}: the same`),
  ]);
  await page.unroute("**/object");
}

/** As in private windows: there is no worker. What is small enough goes through the page's memory then. */
async function doWithoutWorker(page: Page, film: File, files: readonly File[]): Promise<void> {
  await page.evaluate(() => {
    const register = () => Promise.reject(new TypeError("not in private windows"));
    Object.defineProperty(Navigator.prototype, "serviceWorker", { get: () => ({ register }) });
  });
  await openDocument(page, film.name);
  const video = page.getByLabel(film.name, { exact: true }).and(page.locator("video"));
  await playFrom(video, 0);
  expect(await video.getAttribute("src")).toMatch(/^blob:/);
  const exported = await exportAsZip(page);
  await page.getByText("Everything is in “Afterkeep export.zip”").waitFor();
  expect(compare(await openExported(exported), files)).toEqual(files.map(({ name }) => `${name}: the same`));
}

function compare(opened: ReadonlyMap<string, Buffer>, files: readonly File[]): string[] {
  return files.map(({ name, buffer }) => {
    const found = opened.get(name);
    return `${name}: ${found === undefined ? "not there" : found.equals(buffer) ? "the same" : "another"}`;
  });
}

describe("large things in a browser that holds none of them", { timeout: 600_000 }, () => {
  it("films and sound play by range and stop at a lie, and an export of everything is one ZIP, whole or not there", () =>
    withProduct({ mode: "local" }, (product) =>
      withBrowser(async (browser) => {
        const watched = await openWatched(browser, product.url, phone);
        await withoutPickers(watched.context);
        await withoutFolderPickers(watched.context);
        const { page, complaints } = watched;
        await signUp(page, product.url);
        const film = { name: "garden.webm", mimeType: "video/webm", buffer: await drawFilm(page) };
        await addFiles(page, [voice, film, hostile]);

        await listen(page);
        await leave(watched, product.url);
        await openDocument(page, film.name);
        const video = playerOf(page, film.name, "video");
        await playFrom(video, 0);
        expect(await video.evaluate((element: HTMLVideoElement) => element.videoWidth)).toBe(320);
        await openDocument(page, hostile.name);
        await page.getByText("It does not play here").waitFor();
        expect(await page.title()).not.toBe("owned");
        expect(complaints).toEqual([]);

        await beLiedTo(page);
        const files = [voice, film, hostile];
        await takeEverything(page, files);
        await doWithoutWorker(page, film, files);
        expect(complaints).toEqual([]);
      }),
    ));
});
