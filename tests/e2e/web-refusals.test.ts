import type { Page, Route } from "playwright-core";
import { describe, expect, it } from "vitest";
import { desktop, openWatched, withBrowser } from "./web/a-browser.ts";
import { withProduct } from "./web/a-product.ts";
import { nextCode } from "./web/document-steps.ts";
import { goTo, signUp } from "./web/owner-steps.ts";

type Answer = { receipt: string };

async function press(page: Page): Promise<"counted" | "did NOT count"> {
  // Why first away and back: the outcome of the press before must not be taken for this one's.
  if (await page.getByRole("navigation", { name: "Main" }).isVisible()) {
    await goTo(page, "Settings");
    await goTo(page, "Home");
  }
  await page.getByRole("button", { name: "I’m here" }).click();
  const counted = page.getByRole("status").filter({ hasText: "Your check-in counted" });
  const refused = page.getByRole("alert").filter({ hasText: "This check-in did NOT count" });
  await counted.or(refused).waitFor();
  return (await counted.isVisible()) ? "counted" : "did NOT count";
}

/** What the page shows as the newest receipt, which must not move by a check-in that did not count. */
function shownReceipt(page: Page): Promise<string | null> {
  return page.getByText("Confirmed by the keyholder’s signed receipt of").locator("time").getAttribute("datetime");
}

function withReceipt(change: (receipt: string) => string) {
  return async (route: Route): Promise<void> => {
    const response = await route.fetch();
    const answer = (await response.json()) as Answer;
    await route.fulfill({ response, json: { receipt: change(answer.receipt) } });
  };
}

function flipped(receipt: string): string {
  const at = receipt.length - 20;
  return `${receipt.slice(0, at)}${receipt[at] === "A" ? "B" : "A"}${receipt.slice(at + 1)}`;
}

describe("a browser that is lied to", { timeout: 600_000 }, () => {
  it("says that a check-in did not count unless the keyholder's own fresh receipt came back", () =>
    withProduct({ mode: "local" }, (product) =>
      withBrowser(async (browser) => {
        const { page, context } = await openWatched(browser, product.url, desktop);
        await signUp(page, product.url);
        let old = "";
        const checkIns = "**/v1/checkins";
        await page.route(
          checkIns,
          withReceipt((receipt) => (old = receipt)),
        );
        expect(await press(page)).toBe("counted");
        await page.unroute(checkIns);
        const before = await shownReceipt(page);

        const lies: [string, (route: Route) => Promise<void>][] = [
          ["a changed signature", withReceipt(flipped)],
          ["an older receipt again", withReceipt(() => old)],
          ["no receipt at all", (route) => route.fulfill({ status: 200, json: {} })],
          ["silence", (route) => route.abort()],
        ];
        for (const [lie, answer] of lies) {
          await page.route(checkIns, answer);
          expect([lie, await press(page)]).toEqual([lie, "did NOT count"]);
          expect([lie, await shownReceipt(page)]).toEqual([lie, before]);
          await page.unroute(checkIns);
        }
        await context.setOffline(true);
        await page.getByText("You are offline").waitFor();
        expect(await press(page)).toBe("did NOT count");
        await context.setOffline(false);
        expect(await press(page)).toBe("counted");
      }),
    ));

  it("locks on reload, checks in by the device's key, unlocks by passphrase and code, and knows its keyholder", () =>
    withProduct({ mode: "local" }, (product) =>
      withBrowser(async (browser) => {
        const { page } = await openWatched(browser, product.url, desktop);
        const owner = await signUp(page, product.url);
        await page.reload();
        await page.getByText("Your vault is locked. You can check in without opening it.").waitFor();
        expect(await press(page)).toBe("counted");

        await page.goto(`${product.url}/documents`);
        await page.getByRole("heading", { name: "Your vault is locked" }).waitFor();
        expect(await page.getByText("In your vault").count()).toBe(0);
        await page.getByLabel("Passphrase", { exact: true }).fill("not the passphrase at all");
        await page.getByLabel("Six-digit code").fill(nextCode(owner.totpSecret));
        await page.getByRole("button", { name: "Unlock" }).click();
        await page.getByRole("alert").waitFor();
        await page.getByLabel("Passphrase", { exact: true }).fill(owner.passphrase);
        await page.getByLabel("Six-digit code").fill(nextCode(owner.totpSecret));
        await page.getByRole("button", { name: "Unlock" }).click();
        await page.getByRole("heading", { name: "In your vault" }).waitFor();

        // An upload that never ends, so that there is time to think again.
        await page.route("**/parts/*", () => {});
        await page
          .getByLabel("Files", { exact: true })
          .setInputFiles({ name: "regret.txt", mimeType: "text/plain", buffer: Buffer.from("no") });
        await page.getByRole("button", { name: "Cancel" }).click();
        await page.getByText("Cancelled. Nothing of it was added.").waitFor();
        expect(await page.getByText("regret.txt").count()).toBe(0);
        await page.unroute("**/parts/*");

        await page.route("**/v1/server", async (route) => {
          const response = await route.fetch();
          const server = (await response.json()) as { keyholder: { publicKey: string } };
          const keyholder = { ...server.keyholder, publicKey: flipped(server.keyholder.publicKey) };
          await route.fulfill({ response, json: { ...server, keyholder } });
        });
        await goTo(page, "Home");
        await page.reload();
        await page.getByText("Your vault is locked. You can check in without opening it.").waitFor();
        expect(await press(page)).toBe("did NOT count");
      }),
    ));
});
