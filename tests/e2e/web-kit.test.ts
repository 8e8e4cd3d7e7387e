import type { Locator } from "playwright-core";
import { describe, expect, it } from "vitest";
import { desktop, openWatched, phone, withBrowser } from "./web/a-browser.ts";
import { withProduct } from "./web/a-product.ts";
import { beginArming, finishArming, writeBequest } from "./web/bequest-steps.ts";
import { awaitLink } from "./web/mail-link.ts";
import { addNote, compareWords, confirmAddress, invite, maria, readWords, signUp } from "./web/owner-steps.ts";
import { acceptInvitation, anna } from "./web/recipient-steps.ts";

/** A day is a minute and a half: nothing falls due meanwhile. */
const factor = 960;
const note = { title: "Where I am", text: "The embassy knows." };
const dayMs = 86_400_000;

/** By what browsers and password managers tell whether to keep what is typed, and whether it can be read over a shoulder. */
function keptFrom(field: Locator) {
  return field.evaluate((node) => ({
    tag: node.tagName,
    complete: node.getAttribute("autocomplete"),
    cover: getComputedStyle(node).getPropertyValue("-webkit-text-security"),
    ignored: ["data-1p-ignore", "data-bwignore", "data-lpignore"].every((name) => node.hasAttribute(name)),
  }));
}

describe("arming with the recovery kit in the browser", { timeout: 600_000 }, () => {
  it("takes the owner's own kit and no other words, and names a date within the first week", () =>
    withProduct({ mode: "demo", factor }, (product) =>
      withBrowser(async (browser) => {
        const owner = await openWatched(browser, product.url, desktop);
        const recipient = await openWatched(browser, product.url, phone);
        const { kit } = await signUp(owner.page, product.url);
        const rows = /Words:([\s\S]*)Check:/.exec(kit)?.[1] ?? "";
        const words = rows.match(/[a-z]+/g) ?? [];
        expect(words.length).toBe(24);
        const verifying = await owner.context.newPage();
        await confirmAddress(verifying, await awaitLink(product, maria.email, "/verify"));
        await addNote(owner.page, note);
        await invite(owner.page, anna);
        await acceptInvitation(recipient.page, await awaitLink(product, anna.email, "/invite"));
        expect(await compareWords(owner.page)).toEqual(await readWords(recipient.page));

        const bequest = {
          title: "If I do not come back",
          message: "Dear Anna.",
          documents: [note.title],
          people: [anna.name],
        };
        await writeBequest(owner.page, bequest, { interval: 2, grace: 1, lastCallHours: 12 });
        await beginArming(owner.page);
        const field = owner.page.getByLabel("Recovery kit words, or nothing", { exact: true });
        expect(await keptFrom(field)).toEqual({ tag: "TEXTAREA", complete: "off", cover: "disc", ignored: true });
        const last = owner.page.locator(".timeline li[data-last=true]");
        const within = await last.innerText();
        await field.fill(words.toReversed().join(" "));
        // With its words the first week is gone from the dates above the field too.
        await owner.page.getByText("nothing of it opens in the first seven days").waitFor({ state: "detached" });
        expect(await last.innerText()).not.toBe(within);
        await owner.page.getByLabel(/I have read who receives it/).check();
        await owner.page.getByRole("button", { name: "Arm it" }).click();
        await owner.page.getByText("These are not the words of this account's recovery kit").waitFor();
        await owner.page.getByText("This could not be done").waitFor();
        // Pasted as the page has them: in rows.
        await field.fill(rows);
        await owner.page.getByRole("button", { name: "Show the words" }).click();
        expect(await keptFrom(field)).toMatchObject({ tag: "TEXTAREA", complete: "off", cover: "none" });
        await owner.page.getByRole("button", { name: "Hide the words" }).click();
        await finishArming(owner.page);
        expect(await owner.page.content()).not.toContain(words.slice(0, 2).join(" "));

        const named = owner.page.locator("p", { hasText: "can anything of it be released" }).locator("time");
        const earliest = Date.parse((await named.getAttribute("datetime")) ?? "");
        const status = await owner.page.evaluate(async () =>
          (await fetch("/v1/status", { headers: { "x-afterkeep": "1" } })).json(),
        );
        const left = earliest - Number(status.now);
        expect([left > 3 * dayMs, left <= 3.5 * dayMs]).toEqual([true, true]);
        expect([...owner.complaints, ...recipient.complaints]).toEqual([]);
      }),
    ));
});
