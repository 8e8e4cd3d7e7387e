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
