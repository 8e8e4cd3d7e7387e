import type { Page } from "playwright-core";

/** In the form of a bequest: lets a chosen person ask for it sooner. */
export async function letAsk(page: Page, name: string, waitDays: number): Promise<void> {
  await page.getByRole("checkbox", { name: `${name} may ask for it sooner` }).check();
  await page.getByLabel(`Days you have to say no when ${name} asks`).fill(String(waitDays));
}

/** The recipient's page, on the device that keeps the key. */
export async function openToAsk(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/open`);
  await page.getByRole("heading", { name: "If something has happened" }).waitFor();
  await page.getByRole("button", { name: "Ask for it" }).and(page.locator(":enabled")).first().waitFor();
}

/** Asks for what opens so many days after it was asked for. */
export async function askForWaiting(page: Page, span: string): Promise<void> {
  const line = page.locator(".row", { hasText: `It opens ${span} after you ask` });
  await line.getByRole("button", { name: "Ask for it" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(`then every day for ${span}`).waitFor();
  await dialog.getByRole("button", { name: "Ask for it" }).click();
  await dialog.waitFor({ state: "detached" });
}
