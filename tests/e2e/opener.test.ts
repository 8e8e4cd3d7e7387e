import { randomBytes } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dayMs, hourMs, readAll, saveBundle } from "@afterkeep/sdk";
import { type Id, newId, parseId } from "@afterkeep/bytes";
import { type AgeIdentity, identityWords } from "@afterkeep/formats";
import { decodeReleaseFile, parseKeyFile } from "@afterkeep/sealing";
import { anEstate, aSealedDocument } from "@afterkeep/sealing/testing";
import { Decrypter } from "age-encryption";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Browser } from "playwright-core";
import { awaitMail } from "../../scripts/stage/await-mail.ts";
import { root, startProduct } from "../../scripts/stage/product.ts";
import { aFile, aNote, anOwner, armed, aVerified, tokenOf } from "./attack/a-household.ts";
import { aReader, choosesFolder, pageIn, type Reader } from "./opener/a-reader.ts";
import { aSink, saveReleaseOf } from "./opener/a-saved-folder.ts";
import { desktop, launchBrowser, phone, widerThanScreen } from "./web/a-browser.ts";

/** Two seconds are a day: due after the seven days that a first arming always waits, and a little. */
const factor = 43_200;
const soon = { interval: 6 * dayMs, reminders: [3 * dayMs], grace: dayMs, lastCall: 12 * hourMs };
const passphrase = "three herons over the slow river";
const message = "Dear Ada,\n\ndo not hurry. Ring Paul first.\n\nClara";
const will = randomBytes(2_300_000);
const picture = new Uint8Array(randomBytes(900));
const noteText = "The blue one is for the cellar.\n";
const closing: (() => Promise<unknown>)[] = [];

let place: string;
let saved: string;
let keyFile: string;
let rangeOfWill: Buffer;
let pictureOfWill: Uint8Array | null;
let isKept: boolean;
let words: readonly string[];
let identity: AgeIdentity;
let browser: Browser;
let reader: Reader;
const docs = new Map<string, Id>();

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), "ak-opener-"));
  closing.push(() => rm(place, { recursive: true, force: true }));
  saved = join(place, "saved");
  await saveFromTheProduct();
  browser = await launchBrowser();
  closing.push(() => browser.close());
  reader = await aReader(browser, pageIn(saved));
}, 900_000);
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

/** The product once, to its end: Clara leaves documents, is silent, Ada opens them and saves the folder; then the product is gone. */
async function saveFromTheProduct(): Promise<void> {
  const product = await startProduct({ data: join(place, "data"), mode: "demo", factor });
  try {
    const at = { product, serverUrl: product.url, folder: place };
    const clara = await anOwner(at, "Clara");
    const ada = await aVerified(at, clara, "Ada");
    ({ words, keyFile } = ada);
    identity = parseKeyFile(keyFile).identity;
    const items = [{ ...aFile("will.pdf", will), thumbnail: picture }, aNote("Where the keys are", noteText)];
    for (const item of items) docs.set(item.name, parseId((await clara.device().seal([item]))[0]?.doc ?? ""));
    const b = await armed(clara, { to: ada, documents: [...docs.values()], message, times: soon });
    const { link } = await awaitMail(product, { to: ada.email, link: "open" }, 180_000);
    const device = ada.device();
    await device.openInvitation(tokenOf(link));
    const opener = new Uint8Array(await readFile(join(root, "client/web/dist/opener/open.html")));
    const opened = await device.openRelease(b);
    const { stream } = await opened.openRange(docs.get("will.pdf") ?? "", { from: 1_048_500, to: 1_200_000 });
    rangeOfWill = Buffer.from(await readAll(stream));
    pictureOfWill = await opened.readThumbnail(docs.get("will.pdf") ?? "");
    await saveBundle(opened, aSink(saved), { opener, passphrase });
    const secret = await ada.keep("passphrase", `${passphrase}\n`);
    const save = () => ada.run("release", "save", b, "--out", byCommand(), "--passphrase-file", secret);
    await save();
    const [kept, lost] = [await pathOf(byCommand(), "will.pdf"), await pathOf(byCommand(), "Where the keys are")];
    const { ino } = await stat(kept);
    await rm(lost);
    await save();
    isKept = (await stat(kept)).ino === ino;
  } finally {
    await product.stop();
  }
}

const byCommand = () => join(place, "by-command");

async function pathOf(folder: string, name: string): Promise<string> {
  const found = (await readdir(join(folder, "documents"))).find((file) => file.startsWith(docs.get(name) ?? "?"));
  return join(folder, "documents", found ?? "?");
}

/** A copy of the saved folder, with one file changed. */
async function changed(change: (folder: string) => Promise<unknown>): Promise<string> {
  const folder = await mkdtemp(join(place, "copy-"));
  await cp(saved, folder, { recursive: true });
  await change(folder);
  return folder;
}

describe("a release before it is saved", () => {
  it("gives out a part of a document, and the picture beside it, without the rest", () => {
    expect(rangeOfWill.equals(will.subarray(1_048_500, 1_200_000))).toBe(true);
    expect(pictureOfWill).toEqual(picture);
  });
});

describe("a saved release without any network", { timeout: 300_000 }, () => {
  it.each(["passphrase", "24 words", "key file"])("opens with the %s to the same words and bytes", async (way) => {
    const ada = await aReader(browser, pageIn(saved), way === "passphrase" ? desktop : phone);
    const kept = join(place, "afterkeep-key.txt");
    await writeFile(kept, keyFile);
    const ways = { passphrase: { passphrase }, "24 words": { words: identityWords(identity).join(" ") } };
    await ada.open(saved, way === "key file" ? { keyFile: kept } : ways[way === "passphrase" ? way : "24 words"]);
    await ada.page.getByText("Ring Paul first.").waitFor();
    expect(await ada.page.getByText("This is a demonstration").isVisible()).toBe(true);
    const shown = await ada.page.getByRole("list").first().getByRole("listitem").allInnerTexts();
    expect(shown).toEqual(words);
    const question = ada.page.getByText("Is it from who you think?");
    expect(await question.isVisible()).toBe(way === "24 words");
    expect((await ada.save("will.pdf")).equals(will)).toBe(true);
    expect((await ada.save("Where the keys are")).toString()).toBe(noteText);
    await ada.page.getByRole("button", { name: "Show Where the keys are" }).click();
    await ada.page.getByText(noteText.trim()).waitFor();
    expect(await widerThanScreen(ada.page)).toBe(0);
    expect(ada.complaints).toEqual([]);
    await ada.page.context().close();
  });

  it("asks for nothing beyond its own file, and may not: what a planted script fetches, loads or runs is stopped", async () => {
    const ada = await aReader(browser, pageIn(saved));
    await ada.open(saved, { keyFile });
    expect(ada.complaints).toEqual([]);
    const directives = ["connect-src", "connect-src", "form-action", "frame-src", "img-src"];
    const all = [...directives, "require-trusted-types-for", "TypeError"];
    const stopped = await ada.page.evaluate(async (expected) => {
      const seen: string[] = [];
      addEventListener("securitypolicyviolation", ({ effectiveDirective }) => seen.push(effectiveDirective));
      await fetch("https://example.org/").catch(() => {});
      await fetch("release.json").catch(() => {});
      const image = document.body.appendChild(document.createElement("img"));
      image.src = "https://example.org/pixel.png";
      const frame = document.body.appendChild(document.createElement("iframe"));
      frame.src = "https://example.org/";
      const form = document.body.appendChild(document.createElement("form"));
      form.action = "https://example.org/";
      form.submit();
      try {
        document.body.appendChild(document.createElement("script")).text = "globalThis.ran = true";
      } catch (error) {
        seen.push(String(error).split(":")[0] ?? "");
      }
      // Why so long at the most: a busy browser tells of what it stopped when it finds the time.
      for (let left = 100; left > 0 && seen.length < expected; left--)
        await new Promise((resolve) => setTimeout(resolve, 100));
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { seen, ran: Reflect.has(globalThis, "ran") };
    }, all.length);
    expect({ ...stopped, seen: [...stopped.seen].sort() }).toEqual({ seen: all.sort(), ran: false });
    await ada.page.context().close();
  });

  it("is the same folder when the command line saved it, and saved again only what was lost of it", async () => {
    expect(isKept).toBe(true);
    const files = (folder: string) => readdir(folder, { recursive: true }).then((names) => names.sort());
    expect(await files(byCommand())).toEqual(await files(saved));
    for (const name of docs.keys())
      expect((await readFile(await pathOf(byCommand(), name))).equals(await readFile(await pathOf(saved, name)))).toBe(
        true,
      );
    const ada = await aReader(browser, pageIn(byCommand()), desktop);
    await ada.open(byCommand(), { passphrase });
    expect((await ada.save("will.pdf")).equals(will)).toBe(true);
    await ada.page.context().close();
  });

  it("saves all into a folder, over nothing that is there, each under a name inside it, and none that does not verify", async () => {
    const [folder, opener] = [join(place, "many"), new Uint8Array(await readFile(pageIn(saved)))];
    const texts = { "a.txt": "one", "A.TXT": "two", "../.profile": "three", "b.txt": "four" };
    const documents = Object.entries(texts).map(([name, text], at) => ({
      docId: newId(at + 1),
      name,
      content: new TextEncoder().encode(text),
    }));
    await saveReleaseOf(await anEstate({ identity }), { documents, message: "" }, { folder, opener });
    const fourth = (await readdir(join(folder, "documents"))).find((file) =>
      file.startsWith(documents[3]?.docId ?? "?"),
    );
    const file = await readFile(join(folder, "documents", fourth ?? "?"));
    await writeFile(join(folder, "documents", fourth ?? "?"), Buffer.concat([file.subarray(0, -1), Buffer.of(1)]));
    const ada = await aReader(browser, pageIn(folder));
    const own = { "a.txt": "of Ada's own", "A (3).TXT": "her other" };
    const savedFiles = await choosesFolder(ada, own);
    await ada.open(folder, { words: identityWords(identity).join(" ") });
    await ada.page.getByRole("button", { name: "Save all" }).click();
    await ada.page.getByText("3 of 4 are saved.").waitFor();
    expect(await ada.page.getByText("This is a demonstration").count()).toBe(0);
    const expected = { ...own, ".._.profile": "three", "a (2).txt": "one", "A (4).TXT": "two" };
    expect(await savedFiles()).toEqual(expected);
    await ada.page.context().close();
  });

  it("opens with a plain age program: first the bequest's key, then every document by its name", async () => {
    const decrypt = async (key: string, file: string): Promise<Buffer> => {
      const decrypter = new Decrypter();
      decrypter.addIdentity(key);
      return Buffer.from(await decrypter.decrypt(new Uint8Array(await readFile(join(saved, file)))));
    };
    const key = (await decrypt(identity, "key.age")).toString().trim().split("\n").at(-1) ?? "";
    const names = (await decrypt(key, "names.age")).toString().trim().split("\n");
    const files = new Map(names.map((line) => line.split("\t")).map(([file = "", name = ""]) => [name, file]));
    expect((await decrypt(key, files.get("will.pdf") ?? "")).equals(will)).toBe(true);
    expect((await decrypt(key, files.get("Where the keys are") ?? "")).toString()).toBe(noteText);
    expect((await decrypt(key, "message.age")).toString()).toBe(message);
    const kept = new Decrypter();
    kept.addPassphrase(passphrase);
    expect(await kept.decrypt(new Uint8Array(await readFile(join(saved, "identity.age"))), "text")).toBe(keyFile);
  });
});

describe("a saved release that somebody changed", { timeout: 300_000 }, () => {
  const missing = "One document is missing";

  it("gives out no document with a flipped byte, cut short, or longer", async () => {
    const attacks: Record<string, (file: Buffer) => Buffer> = {
      "a flipped byte": (file) =>
        Buffer.concat([file.subarray(0, -9), Buffer.of((file.at(-9) ?? 0) ^ 1), file.subarray(-8)]),
      "cut short": (file) => file.subarray(0, file.length - 70_000),
      longer: (file) => Buffer.concat([file, Buffer.of(0)]),
    };
    for (const [name, attack] of Object.entries(attacks)) {
      const folder = await changed(async (copy) => {
        const path = await pathOf(copy, "will.pdf");
        await writeFile(path, attack(await readFile(path)));
      });
      await reader.open(folder, { keyFile });
      const said = await reader.refusedSave("will.pdf");
      expect([name, said]).toEqual([name, expect.stringContaining("This file is not what was left to you.")]);
    }
  });

  it("says which document is missing when files were swapped, are older, or of another release", async () => {
    const bequest = await bequestKey();
    const older = await aSealedDocument(randomBytes(40), {
      identity: bequest,
      docId: docs.get("will.pdf") ?? parseId(""),
    });
    const other = await anotherRelease();
    const attacks: Record<string, (copy: string) => Promise<unknown>> = {
      swapped: async (copy) => {
        const [one, two] = [await pathOf(copy, "will.pdf"), await pathOf(copy, "Where the keys are")];
        const bytes = await readFile(one);
        await writeFile(one, await readFile(two));
        await writeFile(two, bytes);
      },
      older: async (copy) =>
        writeFile(
          await pathOf(copy, "will.pdf"),
          Buffer.concat([older.stored.header, older.object.subarray(0, older.entry.payloadLen)]),
        ),
      "of another release": async (copy) =>
        writeFile(await pathOf(copy, "will.pdf"), await readFile(await pathOf(other, "will.pdf"))),
    };
    for (const [name, attack] of Object.entries(attacks)) {
      await reader.open(await changed(attack), { keyFile });
      const count = name === "swapped" ? "2 documents are missing" : missing;
      expect([name, await reader.page.getByText(count).isVisible()]).toEqual([name, true]);
      expect(await reader.page.getByRole("button", { name: "Save will.pdf" }).count()).toBe(0);
    }
  });

  it("does not open when the statement, the chain or the whole of it is somebody else's", async () => {
    const other = await anotherRelease();
    const mixed = async (field: string) =>
      changed(async (copy) => {
        const [own, theirs] = [await jsonOf(copy), await jsonOf(other)];
        await writeFile(join(copy, "release.json"), JSON.stringify({ ...own, [field]: theirs[field] }));
      });
    for (const field of ["release", "grant", "chain", "manifests"]) {
      const said = await reader.refused(await mixed(field), { keyFile });
      const expected = field === "manifests" ? "The list of what was left to you is missing." : "not what was signed";
      expect([field, said]).toEqual([field, expect.stringContaining(expected)]);
    }
    expect(await reader.refused(other, { keyFile })).toContain("not from the person your key is for");
    await reader.open(other, { words: identityWords(identity).join(" ") });
    const shown = await reader.page.getByRole("list").first().getByRole("listitem").allInnerTexts();
    expect([shown.length, shown.join() === words.join()]).toEqual([8, false]);
  });

  it("does not open with a key or passphrase that is not its own, nor before it was saved to its end", async () => {
    const stranger = await anEstate();
    const foreign = { words: identityWords(stranger.identity).join(" ") };
    expect(await reader.refused(saved, foreign)).toContain("not the one that this folder is for");
    expect(await reader.refused(saved, { passphrase: "another" })).toContain("That does not open it.");
    const unfinished = await changed((copy) => rm(join(copy, "release.json")));
    await reader.page.goto(`file://${pageIn(unfinished)}`);
    await reader.page.setInputFiles("#folder", unfinished);
    await reader.page.getByText("There is no release.json").waitFor();
  });

  async function bequestKey(): Promise<AgeIdentity> {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const text = await decrypter.decrypt(new Uint8Array(await readFile(join(saved, "key.age"))), "text");
    return parseKeyFile(text).identity;
  }

  let another: Promise<string> | undefined;
  /** All of a release to Ada's key that Clara never made. */
  function anotherRelease(): Promise<string> {
    return (another ??= (async () => {
      const folder = join(place, "another");
      const { account, r } = decodeReleaseFile(new Uint8Array(await readFile(join(saved, "release.json"))));
      const estate = await anEstate({ identity, account, r });
      const documents = [{ docId: docs.get("will.pdf") ?? parseId(""), name: "will.pdf", content: randomBytes(500) }];
      const opener = new Uint8Array(await readFile(pageIn(saved)));
      await saveReleaseOf(estate, { documents, message: "Trust Mallory." }, { folder, opener });
      return folder;
    })());
  }
});

async function jsonOf(folder: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(folder, "release.json"), "utf8")) as Record<string, unknown>;
}
