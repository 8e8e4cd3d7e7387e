import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { aReader, pageIn } from "./opener/a-reader.ts";
import { desktop, openWatched, phone, widerThanScreen, withBrowser } from "./web/a-browser.ts";
import { withProduct } from "./web/a-product.ts";
import { beginArming, finishArming, pauseAndEnd, pressHere, writeBequest } from "./web/bequest-steps.ts";
import { aRecording, playerOf, playFrom } from "./web/media-steps.ts";
import { awaitLink } from "./web/mail-link.ts";
import {
  addFiles,
  addNote,
  compareWords,
  confirmAddress,
  goTo,
  invite,
  maria,
  readWords,
  signUp,
} from "./web/owner-steps.ts";
import {
  acceptInvitation,
  anna,
  downloadDocument,
  keyWordsIn,
  openRelease,
  withoutFolderPicker,
  withSavedRelease,
} from "./web/recipient-steps.ts";

/** A second is a day: 47 days of silence take 47 seconds, and a fortnight is time enough to press a button beside another story. */
const factor = 86_400;
const message = "Dear Anna,\n\ndo not hurry. Ring Paul first, he knows the boiler.\n\nMaria";
const note = { title: "Where the keys are", text: "The blue one is for the cellar." };
// Why real first bytes: a browser names the type of a file by its name, and the product must not look inside.
const will = {
  name: "will.pdf",
  mimeType: "application/pdf",
  buffer: Buffer.concat([Buffer.from("%PDF-1.7\n"), randomBytes(300_000)]),
};
const photo = {
  name: "garden.jpg",
  mimeType: "image/jpeg",
  buffer: Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), randomBytes(2_500_000)]),
};

const voice = { name: "voice.wav", mimeType: "audio/wav", buffer: aRecording(3) };

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

describe("the story in the browser", { timeout: 600_000 }, () => {
  it("an owner leaves documents, stops checking in, and the recipient opens identical files on a phone", () =>
    withProduct({ mode: "demo", factor }, (product) =>
      withBrowser(async (browser) => {
        const owner = await openWatched(browser, product.url, desktop);
        const recipient = await openWatched(browser, product.url, phone);

        const { kit } = await signUp(owner.page, product.url);
        expect(kit).toContain("Keyholder fingerprint");
        const verifying = await owner.context.newPage();
        await confirmAddress(verifying, await awaitLink(product, maria.email, "/verify"));
        await addFiles(owner.page, [will, photo, voice]);
        await addNote(owner.page, note);

        await invite(owner.page, anna);
        const keyFile = await acceptInvitation(recipient.page, await awaitLink(product, anna.email, "/invite"));
        expect(keyFile.toString()).toContain("AGE-SECRET-KEY-PQ-1");
        const words = await readWords(recipient.page);
        expect(await widerThanScreen(recipient.page)).toBe(0);

        expect(await compareWords(owner.page)).toEqual(words);

        const bequest = {
          title: "For Anna",
          message,
          documents: [will.name, photo.name, voice.name, note.title],
          people: [anna.name],
        };
        await writeBequest(owner.page, bequest, { interval: 30, grace: 14, lastCallHours: 72 });
        await beginArming(owner.page);
        expect(await readWords(owner.page)).toEqual(words);
        await finishArming(owner.page);

        await pauseAndEnd(owner.page, bequest, 100);
        await goTo(owner.page, "Home");
        const byButton = await pressHere(owner.page);
        const reminder = await awaitLink(product, maria.email, "/checkin");
        await verifying.goto(reminder);
        const byLink = await pressHere(verifying);
        expect(byLink).toBeGreaterThan(byButton);
        await verifying.goto("about:blank");
        await verifying.goto(reminder);
        await verifying.getByRole("button", { name: "I’m here" }).click();
        await verifying.getByText("This check-in did NOT count").first().waitFor();

        const release = await awaitLink(product, anna.email, "/open");
        await openRelease(recipient.page, release);
        await withoutFolderPicker(recipient.page);
        await recipient.page.getByRole("button", { name: "Open it" }).click();
        await recipient.page.getByText("Ring Paul first, he knows the boiler.").waitFor();
        expect(sha256(await downloadDocument(recipient.page, will.name))).toBe(sha256(will.buffer));
        expect(sha256(await downloadDocument(recipient.page, photo.name))).toBe(sha256(photo.buffer));
        await recipient.page.getByRole("button", { name: `Open ${note.title}` }).click();
        await recipient.page.getByText(note.text).waitFor();
        expect(await widerThanScreen(recipient.page)).toBe(0);

        await recipient.page.getByRole("button", { name: "Close" }).click();
        await recipient.page.getByRole("button", { name: `Open ${voice.name}` }).click();
        await playFrom(playerOf(recipient.page, voice.name, "audio"), 1);
        expect(await widerThanScreen(recipient.page)).toBe(0);
        await recipient.page.getByRole("button", { name: "Close" }).click();
        await withSavedRelease(recipient.page, async (folder) => {
          const offline = await aReader(browser, pageIn(folder));
          await offline.open(folder, { keyFile: keyFile.toString() });
          expect(sha256(await offline.save(will.name))).toBe(sha256(will.buffer));
          expect(offline.complaints).toEqual([]);
        });

        const otherPhone = await openWatched(browser, product.url, phone);
        await openRelease(otherPhone.page, release);
        await otherPhone.page.getByText("Or type its 24 words").click();
        await otherPhone.page.getByLabel("The 24 words of your key").fill(keyWordsIn(keyFile.toString()));
        await otherPhone.page.getByRole("button", { name: "Unlock" }).click();
        await otherPhone.page.getByText("Your key, please").waitFor({ state: "detached" });
        await otherPhone.page.getByRole("button", { name: "Open it" }).click();
        expect(sha256(await downloadDocument(otherPhone.page, will.name))).toBe(sha256(will.buffer));
        expect(await widerThanScreen(otherPhone.page)).toBe(0);

        // The browser itself notes the refused second use of the link; nothing else may be noted by anybody.
        const refusedLink = `error: Failed to load resource: the server responded with a status of 409 (Conflict) ${product.url}/v1/checkins/token`;
        expect([...owner.complaints, ...recipient.complaints, ...otherPhone.complaints]).toEqual([refusedLink]);
      }),
    ));
});
