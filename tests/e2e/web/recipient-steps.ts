import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { readDownload } from "./owner-steps.ts";

export const anna = { name: "Anna", email: "anna@example.org", passphrase: "meadow basket seven anchors" };

/** Accepts the invitation and answers what the recipient takes away: the key file and the eight words. */
export async function acceptInvitation(page: Page, link: string): Promise<Buffer> {
  await page.goto(link);
  await page.getByRole("heading", { name: /wants to leave you something/ }).waitFor();
  await page.getByLabel("Choose a passphrase").fill(anna.passphrase);
  await page.getByLabel("Passphrase, once more").fill(anna.passphrase);
  await page.getByRole("button", { name: "Make my key" }).click();
  await page.getByRole("heading", { name: "Your key is made" }).waitFor();
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save the key file" }).click();
  return readDownload(await downloading);
}

export async function openRelease(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole("heading", { name: /left this for you/ }).waitFor();
}

export async function downloadDocument(page: Page, name: string): Promise<Buffer> {
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: `Download ${name}` }).click();
  return readDownload(await downloading);
}

/** The 24 words, as they stand in the key file. */
export function keyWordsIn(keyFile: string): string {
  return keyFile
    .split("\n")
    .filter((line) => line.startsWith("#   "))
    .join(" ");
}

/** As Firefox, Safari and phones are. Nobody could press the real picker in a browser without a screen. */
export async function withoutFolderPicker(page: Page): Promise<void> {
  await page.evaluate(() => Reflect.deleteProperty(globalThis, "showDirectoryPicker"));
}

/** Saves everything that was released, and works with the unpacked folder. */
export async function withSavedRelease(page: Page, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-saved-"));
  try {
    const pressing = page.getByRole("button", { name: "Save everything" }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), pressing]);
    const path = await download.path();
    execFileSync("python3", ["-m", "zipfile", "-e", path, folder]);
    await work(join(folder, (await readdir(folder))[0] ?? "?"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
