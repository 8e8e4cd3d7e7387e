import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page, Route } from "playwright-core";
import { describe, expect, it } from "vitest";
import { openWatched, phone, type Watched, widerThanScreen, withBrowser } from "./web/a-browser.ts";
import { withProduct } from "./web/a-product.ts";
import {
  download,
  drawPhoto,
  keepShown,
  killLineFrom,
  openDocument,
  partsSent,
  readShown,
  refusedDownload,
  unlock,
  watchParts,
  withoutPickers,
} from "./web/document-steps.ts";
import { addFiles, goTo, type Owner, signUp } from "./web/owner-steps.ts";

const cameraSecret = "taken at 48.2082 N 16.3738 E";
const film = { name: "film.bin", bytes: randomBytes(40_000_000) };
const exportFile = join(import.meta.dirname, "../../client/import/testdata/bitwarden/pbkdf2.json");
const exportPassphrase = "export pässphrase";

/** Where and how two files differ; `the same` if they do not. */
function compare(found: Buffer, wanted: Buffer): string {
  if (found.equals(wanted)) return "the same";
  const at = found.findIndex((byte, i) => byte !== wanted[i]);
  const whence = wanted.indexOf(found.subarray(at, at + 32));
  return `${found.length} of ${wanted.length} bytes, another from ${at} on, where there is what belongs to ${whence}`;
}

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-film-"));
  await work(folder).finally(() => rm(folder, { recursive: true }));
}

type Chosen = Parameters<typeof addFiles>[1][number];

/**
 * Adds both and answers the small picture. The picture once more where none is to be seen: the page seals without one when the browser takes
 * too long for it.
 */
async function addWithPicture(page: Page, picture: Chosen, letter: Chosen): Promise<Locator> {
  const small = page.getByTestId("thumbnail");
  await addFiles(page, [picture, letter]);
  const isThere = await small.waitFor({ timeout: 30_000 }).then(
    () => true,
    () => false,
  );
  if (isThere) return small;
  await openDocument(page, picture.name);
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await addFiles(page, [picture]);
  await small.waitFor();
  return small;
}

/** The line goes dead behind the second part. */
async function loseLine({ page }: Watched, path: string): Promise<void> {
  await killLineFrom(page, 2);
  const arrived = Promise.all(
    [0, 1].map((part) => page.waitForResponse((one) => one.url().endsWith(`/parts/${part}`) && one.ok())),
  );
  await page.getByLabel("Files", { exact: true }).setInputFiles(path);
  await arrived;
  await expect.poll(() => partsSent(page), { timeout: 60_000 }).toContain(2);
  await page.getByText(`Sealing ${film.name}`).waitFor();
}

/**
 * A second page leaves an upload alone while the first one is at it. Once that is closed, the second goes on with what had not arrived, with
 * the same file only. Answers the second page.
 */
async function interruptAndGoOn(watched: Watched, url: string, owner: Owner, folder: string): Promise<Page> {
  const path = join(folder, film.name);
  const other = join(folder, "other.bin");
  await writeFile(path, film.bytes);
  await writeFile(other, film.bytes.subarray(1));
  await loseLine(watched, path);
  const page = await watched.context.newPage();
  await page.goto(`${url}/documents`);
  await unlock(page, owner);
  await page.getByText("Under way in another window").waitFor();
  expect(await page.getByRole("button", { name: `Discard ${film.name}` }).count()).toBe(0);
  await watched.page.close();
  await page.getByRole("button", { name: `Discard ${film.name}` }).click();
  await page.getByRole("dialog").getByText("is thrown away").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Keep it" }).click();
  expect(await page.getByRole("link", { name: film.name }).count()).toBe(0);

  const choose = page.getByLabel(`File to go on with ${film.name}`);
  await choose.setInputFiles(other);
  await page.getByText("it has another size").waitFor();
  await choose.setInputFiles(path);
  await page.getByText("One document was sealed and put into your vault.").waitFor();
  await page.getByRole("link", { name: film.name }).waitFor();
  expect(new Set(await partsSent(page))).toEqual(new Set([2, 3, 4]));
  expect(await page.getByRole("heading", { name: "Not finished" }).count()).toBe(0);
  expect(await partsOnDisk(page)).toEqual([]);
  return page;
}

/** What still lies in the browser's own folder for parts on their way; fails if parts never went through it. */
function partsOnDisk(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle("afterkeep-parts");
    const names: string[] = [];
    for await (const name of folder.keys()) names.push(name);
    return names;
  });
}

async function arrange(page: Page): Promise<void> {
  await openDocument(page, "letter.txt");
  await page.getByText("First words").waitFor();
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("For Anna.txt");
  await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click();
  await page.getByRole("heading", { name: "For Anna.txt", level: 1 }).waitFor();
  await page.getByRole("button", { name: "Move", exact: true }).click();
  await page.getByLabel("A new folder").check();
  await page.getByLabel("Name of the new folder").fill("Letters / Family");
  await page.getByRole("dialog").getByRole("button", { name: "Move" }).click();
  await page.getByRole("link", { name: "Letters / Family" }).waitFor();
}

async function changeAndRestore(page: Page): Promise<void> {
  const second = { name: "x.txt", mimeType: "text/plain", buffer: Buffer.from("Better words") };
  await page.getByLabel("File of the new version").setInputFiles(second);
  await page.getByText("The new version was sealed, and is the current one now.").waitFor();
  await page.getByText("Better words").waitFor();
  const versions = page.getByRole("list", { name: "Versions, the current one first" }).getByRole("listitem");
  await versions.nth(1).getByRole("button", { name: "Look at it" }).click();
  await page.getByRole("dialog").getByText("First words").waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  await versions.nth(1).getByRole("button", { name: "Make it current again" }).click();
  await page.getByText("It is the current version again.").waitFor();
  await page.getByText("First words").waitFor();
  expect(await versions.count()).toBe(2);
}

async function writeLogin(page: Page): Promise<void> {
  await goTo(page, "Documents");
  await page.getByRole("button", { name: "Write" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Login" }).click();
  await dialog.getByLabel("Title").fill("Mail account");
  await dialog.getByRole("textbox", { name: "Password" }).fill("seven wet umbrellas");
  await dialog.getByRole("button", { name: "Seal and keep" }).click();
  await openDocument(page, "Mail account");
  await page.getByText("••••••••").first().waitFor();
  expect(await page.getByText("seven wet umbrellas").count()).toBe(0);
  await page.getByRole("button", { name: "Show Password" }).click();
  await page.getByText("seven wet umbrellas").waitFor();
}

async function importExport(page: Page): Promise<void> {
  await goTo(page, "Documents");
  await page.getByRole("link", { name: "Bring them from another program" }).click();
  await page.getByLabel("The exported file").setInputFiles(exportFile);
  await page.getByLabel("Passphrase of the export").fill("not this one");
  await page.getByRole("button", { name: "Unlock" }).click();
  await page.getByText("This file was not imported").waitFor();
  await page.getByLabel("Passphrase of the export").fill(exportPassphrase);
  await page.getByRole("button", { name: "Unlock" }).click();
  await page.getByRole("heading", { name: /^This will come: / }).waitFor();
  expect(await widerThanScreen(page)).toBe(0);
  await page.getByRole("button", { name: /^Seal / }).click();
  await page.getByText("Now delete the export").waitFor();
  await page.getByRole("link", { name: "See your documents" }).click();
  await page.getByRole("button", { name: /From Bitwarden/ }).waitFor();
}

/** A flipped byte, an answer that breaks off, the object of another document: nothing of it is handed out as a file. */
async function lieAbout(page: Page): Promise<void> {
  const place = /documents\/[^/]+\/versions\/[^/]+/;
  let otherPlace = "";
  const flipped = async (route: Route): Promise<void> => {
    otherPlace ||= place.exec(route.request().url())?.[0] ?? "";
    const response = await route.fetch();
    const body = await response.body();
    body[body.length >> 1] = (body[body.length >> 1] ?? 0) ^ 1;
    await route.fulfill({ response, body });
  };
  const truncated = async (route: Route): Promise<void> => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.body()).subarray(0, -70_000) });
  };
  const another = async (route: Route): Promise<void> => {
    const response = await route.fetch({ url: route.request().url().replace(place, otherPlace) });
    await route.fulfill({ response });
  };
  // A large one goes to disk piece by verified piece: what a lie in its middle leaves behind is a failed download.
  await openDocument(page, film.name);
  expect(await refusedDownload(page, film.name, flipped)).toContain("not what its owner signed");
  await openDocument(page, "harbour.jpg");
  await page.getByRole("img", { name: "harbour.jpg" }).waitFor();
  for (const lie of [flipped, truncated, another]) {
    const words = await refusedDownload(page, "harbour.jpg", lie);
    expect([lie.name, words]).toEqual([lie.name, expect.stringContaining("harbour.jpg was not saved")]);
    expect([lie.name, words]).toEqual([lie.name, expect.stringContaining("not what its owner signed")]);
  }
}

describe("documents in the browser", { timeout: 600_000 }, () => {
  it("are sealed with pictures, interrupted and gone on with, arranged, changed, imported, and saved only if they verify", () =>
    withFolder((folder) =>
      withProduct({ mode: "local" }, (product) =>
        withBrowser(async (browser) => {
          const watched = await openWatched(browser, product.url, phone);
          await withoutPickers(watched.context);
          await keepShown(watched.context);
          await watchParts(watched.context);
          const { page: firstPage } = watched;
          const owner = await signUp(firstPage, product.url);
          const photo = await drawPhoto(firstPage, cameraSecret);
          const letter = { name: "letter.txt", mimeType: "text/plain", buffer: Buffer.from("First words") };
          const picture = { name: "harbour.jpg", mimeType: "image/jpeg", buffer: photo };
          const small = await addWithPicture(firstPage, picture, letter);
          const size = await small.evaluate(async (image: HTMLImageElement) => {
            await image.decode();
            return [image.naturalWidth, image.naturalHeight];
          });
          expect(size).toEqual([320, 200]);
          const [shown = "", ...others] = await readShown(firstPage, "image/webp");
          expect([shown.slice(8, 12), shown.length <= 48 * 1024, others.length]).toEqual(["WEBP", true, 0]);
          expect([photo.includes(cameraSecret), shown.includes(cameraSecret)]).toEqual([true, false]);
          expect(await widerThanScreen(firstPage)).toBe(0);

          const page = await interruptAndGoOn(watched, product.url, owner, folder);
          await arrange(page);
          await changeAndRestore(page);
          await writeLogin(page);
          await importExport(page);

          await goTo(page, "Documents");
          await page.getByLabel("Search your documents").fill("anna FAMILY");
          await page.getByText("1 found").waitFor();
          await page.getByRole("link", { name: "For Anna.txt" }).click();
          await page.getByText("First words").waitFor();

          await lieAbout(page);
          await openDocument(page, film.name);
          expect(compare(await download(page, film.name), film.bytes)).toBe("the same");
          await openDocument(page, "harbour.jpg");
          expect(compare(await download(page, "harbour.jpg"), photo)).toBe("the same");
          expect(watched.workers).toContainEqual(expect.stringMatching(/^\/assets\/cipher-worker-.*\.js$/));
          expect(watched.complaints).toEqual([]);
        }),
      ),
    ));
});
