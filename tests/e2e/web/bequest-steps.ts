import type { Page } from "playwright-core";
import { goTo } from "./owner-steps.ts";

export type BequestWords = { title: string; message: string; documents: string[]; people: string[] };
export type Days = { interval: number; grace: number; lastCallHours: number };

/** `more`: what else to fill in before the draft is saved. */
export async function writeBequest(
  page: Page,
  bequest: BequestWords,
  days: Days,
  more: () => Promise<void> = async () => {},
): Promise<void> {
  await goTo(page, "Bequests");
  await page.getByRole("link", { name: "Write a bequest" }).click();
  await page.getByLabel("Title").fill(bequest.title);
  await page.getByLabel("Your message").fill(bequest.message);
  for (const name of bequest.documents) await page.getByRole("checkbox", { name }).check();
  for (const name of bequest.people) await page.getByRole("checkbox", { name }).check();
  await page.getByLabel("Check in at least every … days").fill(String(days.interval));
  await page.getByLabel("Days of grace after a missed check-in").fill(String(days.grace));
  await page.getByLabel("Hours to answer the last call").fill(String(days.lastCallHours));
  await more();
  await page.getByRole("button", { name: "Save the draft" }).click();
  await page.getByRole("heading", { name: bequest.title }).waitFor();
}

export async function beginArming(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Arm it", exact: true }).click();
  await page.getByRole("heading", { name: "Arm this bequest" }).waitFor();
}

export async function finishArming(page: Page): Promise<void> {
  await page.getByLabel(/I have read who receives it/).check();
  await page.getByRole("button", { name: "Arm it" }).click();
  await page.getByRole("heading", { name: "It is armed" }).waitFor();
}

/** Pauses the bequest, sees that it is, and ends the pause. */
export async function pauseAndEnd(page: Page, { title }: Pick<BequestWords, "title">, days: number): Promise<void> {
  await goTo(page, "Bequests");
  await page.getByRole("link", { name: title }).click();
  await page.getByRole("button", { name: "Pause it" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Days").fill("400");
  await dialog.getByRole("button", { name: "Pause it" }).click();
  await dialog.getByText("whole number from 1 to 365").waitFor();
  await dialog.getByLabel("Days").fill(String(days));
  await dialog.getByRole("button", { name: "Pause it" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText("Paused", { exact: true }).waitFor();
  await page.getByRole("button", { name: "End the pause" }).click();
  await page.getByText("Armed", { exact: true }).waitFor();
}

/** Presses the button on the page that is open and answers the moment of the outcome's "Nothing can be released before …". */
export async function pressHere(page: Page): Promise<number> {
  await page.getByRole("button", { name: "I’m here" }).click();
  const outcome = page.getByRole("status").filter({ hasText: "Your check-in counted" });
  const before = outcome.locator("p", { hasText: "Nothing can be released before" }).locator("time");
  return Date.parse((await before.getAttribute("datetime")) ?? "");
}
