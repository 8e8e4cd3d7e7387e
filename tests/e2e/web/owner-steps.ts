import { generateSync } from "otplib";
import type { Page } from "playwright-core";
import { expect } from "vitest";

export type Owner = { name: string; email: string; passphrase: string; totpSecret: string; kit: string };
export const maria = { name: "Maria Hofer", email: "maria@example.org", passphrase: "velvet harbour nine lemons" };

/** Why the secret and not the picture: both carry the same text, and a test has no camera. */
async function readTotpSecret(page: Page): Promise<string> {
  await page.getByText("You cannot scan it?").click();
  return (await page.getByTestId("totp-secret").innerText()).replaceAll(" ", "");
}

export async function signUp(page: Page, url: string): Promise<Owner> {
  await page.goto(url);
  await page.getByRole("link", { name: "Set up your vault" }).click();
  await page.getByLabel("Your name").fill(maria.name);
  await page.getByLabel("E-mail address").fill(maria.email);
  await page.getByLabel("Passphrase", { exact: true }).fill(maria.passphrase);
  await page.getByLabel("Passphrase, once more").fill(maria.passphrase);
  await page.getByRole("button", { name: "Continue" }).click();
  const totpSecret = await readTotpSecret(page);
  await page.getByLabel("Six-digit code").fill(generateSync({ secret: totpSecret }));
  await page.getByRole("button", { name: "Continue" }).click();
  // The kit cannot be skipped: who has not taken it cannot say so, and cannot go on.
  expect(await page.getByLabel(/I have saved or printed it/).isEnabled()).toBe(false);
  expect(await page.getByRole("button", { name: "Continue to your vault" }).isEnabled()).toBe(false);
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download as text" }).click();
  const kit = await readDownload(await downloading);
  await page.getByLabel(/I have saved or printed it/).check();
  await page.getByRole("button", { name: "Continue to your vault" }).click();
  await page.getByRole("heading", { name: /^Hello/ }).waitFor();
  return { ...maria, totpSecret, kit: kit.toString() };
}

export async function readDownload(download: { createReadStream(): Promise<NodeJS.ReadableStream> }): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

export async function goTo(
  page: Page,
  place: "Home" | "Documents" | "People" | "Bequests" | "Settings",
): Promise<void> {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: place }).click();
}

export async function confirmAddress(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole("button", { name: "Yes, this is my address" }).click();
  await page.getByText("Thank you, your address is confirmed").waitFor();
}

export async function addFiles(page: Page, files: { name: string; mimeType: string; buffer: Buffer }[]): Promise<void> {
  await goTo(page, "Documents");
  await page.getByLabel("Files", { exact: true }).setInputFiles(files);
  await page.getByText(/sealed and put into your vault/).waitFor();
  for (const { name } of files) await page.getByText(name, { exact: true }).waitFor();
}

export async function addNote(page: Page, note: { title: string; text: string }): Promise<void> {
  await goTo(page, "Documents");
  await page.getByRole("button", { name: "Write" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Note" }).click();
  await dialog.getByLabel("Title").fill(note.title);
  await dialog.getByLabel("Note").fill(note.text);
  await dialog.getByRole("button", { name: "Seal and keep" }).click();
  await page.getByText("One document was sealed and put into your vault.").waitFor();
}

export async function invite(page: Page, person: { name: string; email: string }): Promise<void> {
  await goTo(page, "People");
  await page.getByRole("button", { name: "Invite somebody" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Their name").fill(person.name);
  await dialog.getByLabel("Their e-mail address").fill(person.email);
  await dialog.getByRole("button", { name: "Send the invitation" }).click();
  await page.getByRole("heading", { name: person.name }).waitFor();
}

export async function readWords(page: Page): Promise<string[]> {
  const items = page.getByRole("list", { name: "Safety words" }).first().getByRole("listitem");
  await items.nth(7).waitFor();
  return (await items.allInnerTexts()).map((text) => text.replaceAll(/[^a-z]/g, ""));
}

/** Says that the words of the one person whose key is new are the same, and answers them. */
export async function compareWords(page: Page): Promise<string[]> {
  await goTo(page, "Home");
  await goTo(page, "People");
  await page.getByRole("button", { name: "Compare safety words" }).click();
  const words = await readWords(page);
  await page.getByRole("button", { name: "All eight are the same" }).click();
  await page.getByText("Verified", { exact: true }).waitFor();
  return words;
}
