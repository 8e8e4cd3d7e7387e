import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aPerson, type Person } from "../../scripts/stage/person.ts";
import { type OpenProduct, openProduct, until } from "./story/an-open-product.ts";
import * as outputs from "./story/outputs.ts";

/** Three seconds are a day. */
const factor = 28_800;
const aDayMs = 86_400_000 / factor;
const passphrase = "lantern gravel otter midnight 47\n";
const people = { owner: "ada@example.org", bo: "bo@example.org", cy: "cy@example.org" };
const messages = { bo: "Dear Bo,\n\nstart with the photo.\n", cy: "Cy, the letter says it all.\n" };

let folder: string;
let product: OpenProduct;
let ada: Person;
let bo: Person;
let cy: Person;
const recipients = { bo: "", cy: "" };
const docs = new Map<string, string>();
const bequests = { bo: "", cy: "", staged: "", disarmed: "" };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "afterkeep-story-"));
  product = await openProduct({ mode: "demo", factor });
  [ada, bo, cy] = (await Promise.all(
    ["ada", "bo", "cy"].map((name) => aPerson({ name, folder: join(folder, name), server: product.url })),
  )) as [Person, Person, Person];
});

afterAll(async () => {
  await product.close();
  await rm(folder, { recursive: true, force: true });
});

function contentOf(name: string): Promise<Buffer> {
  return readFile(join(ada.folder, name));
}

async function stateOf(b: string): Promise<string> {
  const { switches } = outputs.status.parse(await ada.run("status"));
  return switches.find((one) => one.b === b)?.state ?? "draft";
}

async function invite(person: Person, name: string, email: string): Promise<string> {
  const { r } = outputs.recipient.parse(await ada.run("recipient", "invite", "--email", email, "--name", name));
  const link = await person.keep("invitation", await product.link(email, "invite"));
  const secret = await person.keep("passphrase", "violet harbour sandwich telescope 9\n");
  const accepted = await person.run(
    "recipient",
    "accept",
    "--link-file",
    link,
    "--passphrase-file",
    secret,
    "--key-file",
    "key",
  );
  const theirs = outputs.words.parse(accepted).words;
  const mine = outputs.words.parse(await ada.run("recipient", "words", r)).words;
  expect(mine).toEqual(theirs);
  await ada.run("recipient", "verify", r, "--words", theirs.join(" "));
  return r;
}

type Plan = {
  to: string;
  documents: readonly string[];
  message: string;
  interval: string;
  grace: string;
  lastCall: string;
};

/** There is no terminal to ask: called with --with-kit, whoever is asked for its words ends with a wrong call. */
async function expectKitNotNeeded(b: string): Promise<void> {
  const refused = await ada.attempt("bequest", "arm", b, "--yes", "--with-kit");
  expect([refused.exitCode, outputs.failed.parse(refused.json).error.code]).toEqual([3, "kit-not-needed"]);
}

async function armed(title: string, plan: Plan, before = async (_b: string) => {}): Promise<string> {
  const message = await ada.keep("message", plan.message);
  const chosen = plan.documents.map((name) => docs.get(name) ?? name);
  const times = ["--interval", plan.interval, "--grace", plan.grace, "--last-call", plan.lastCall];
  const args = ["--title", title, "--message-file", message, "--to", plan.to, "--document", ...chosen, ...times];
  const { b } = outputs.bequest.parse(await ada.run("bequest", "create", ...args));
  await before(b);
  const { rows } = outputs.checkedIn.parse(await ada.run("bequest", "arm", b, "--yes"));
  expect(rows.find((row) => row.b === b)?.state).toBe("armed");
  return b;
}

describe("the story, told with the command line", { timeout: 600_000 }, () => {
  it("an owner signs up, keeps a recovery kit, and proves their address", async () => {
    const secret = await ada.keep("passphrase", passphrase);
    const args = [
      "--email",
      people.owner,
      "--name",
      "Ada L.",
      "--passphrase-file",
      secret,
      "--totp-secret-file",
      "totp",
      "--kit",
      "kit.txt",
    ];
    outputs.created.parse(await ada.run("account", "create", ...args));
    const kit = await contentOf("kit.txt");
    expect(kit.toString()).toContain("AFTERKEEP RECOVERY KIT 1");
    expect((await stat(join(ada.folder, "kit.txt"))).mode & 0o777).toBe(0o600);
    expect((await stat(join(ada.folder, "profile"))).mode & 0o777).toBe(0o700);
    expect((await stat(join(ada.folder, "profile/secrets.json"))).mode & 0o777).toBe(0o600);
    const link = await ada.keep("verification", await product.link(people.owner, "verify"));
    await ada.run("account", "verify-email", "--link-file", link);
  });

  it("and seals files, a folder and a note", async () => {
    await ada.keep("will.pdf", Buffer.concat([Buffer.from("%PDF-1.7\n"), randomBytes(400_000)]));
    await ada.keep("garden.jpg", randomBytes(3_000_001));
    await ada.keep("film.mp4", randomBytes(20_000_000));
    await mkdir(join(ada.folder, "letters/old"), { recursive: true });
    for (let i = 0; i < 12; i++)
      await writeFile(join(ada.folder, `letters/${i % 2 ? "old/" : ""}${i}.txt`), `letter ${i}`);
    await ada.run("document", "seal", "will.pdf", "garden.jpg", "film.mp4", "letters");
    const text = await ada.keep("note.txt", "The blue key is for the cellar.\n");
    await ada.run("document", "seal", "--note", "Keys", "--text-file", text, "--folder", "house");
    const listed = outputs.documents.parse(await ada.run("document", "list")).documents;
    expect(listed.length).toBe(16);
    for (const { doc, name } of listed) docs.set(name, doc);
    expect(listed.find(({ name }) => name === "3.txt")?.folder).toBe("letters/old");
    await ada.run("document", "open", docs.get("film.mp4") ?? "", "--out", "film-again.mp4");
    expect((await contentOf("film-again.mp4")).equals(await contentOf("film.mp4"))).toBe(true);
  });

  it("and invites two people, who make their own keys and see the same words", async () => {
    recipients.bo = await invite(bo, "Bo", people.bo);
    recipients.cy = await invite(cy, "Cy", people.cy);
    const wrong = await ada.attempt(
      "recipient",
      "verify",
      recipients.bo,
      "--words",
      "one two three four five six seven eight",
    );
    expect(wrong.exitCode).toBe(3);
    expect(outputs.failed.parse(wrong.json).error.code).toBe("words-differ");
  });

  it("and arms a bequest for each, each check-in naming the earliest release", async () => {
    const letters = Array.from({ length: 12 }, (_, i) => `${i}.txt`);
    const slow = { interval: "20d", grace: "3d", lastCall: "1d" };
    const documents = ["will.pdf", "garden.jpg", ...letters];
    const forBo = { to: recipients.bo, documents, message: messages.bo, ...slow };
    // Its times are longer than a week, and after that it is armed.
    bequests.bo = await armed("For Bo", forBo, expectKitNotNeeded);
    await expectKitNotNeeded(bequests.bo);
    bequests.cy = await armed("For Cy", {
      to: recipients.cy,
      documents: ["Keys", "film.mp4"],
      message: messages.cy,
      ...slow,
    });
    const first = outputs.checkedIn.parse(await ada.run("checkin"));
    const second = outputs.checkedIn.parse(await ada.run("checkin"));
    expect(second.earliestMs ?? 0).toBeGreaterThan(first.earliestMs ?? 0);
    expect([second.epoch, second.counter > first.counter]).toEqual([first.epoch, true]);
    const { now } = outputs.status.parse(await ada.run("status"));
    expect(second.earliestMs ?? 0).toBeGreaterThan(now);
  });

  it("a mail link checks in once, with a receipt", async () => {
    const link = await ada.keep("reminder", await product.link(people.owner, "checkin"));
    const elsewhere = await aPerson({ name: "phone", folder: join(folder, "phone"), server: product.url });
    const { rows } = outputs.checkedIn.parse(await elsewhere.run("checkin", "--link-file", link));
    expect(rows.every(({ state }) => state === "armed")).toBe(true);
    const again = await elsewhere.attempt("checkin", "--link-file", link);
    expect(again.exitCode).not.toBe(0);
    expect(outputs.failed.parse(again.json).error.message).toContain("This check-in did NOT count");
    await ada.run("checkin");
  });

  it("a return before anybody fetched stops a release", async () => {
    const quick = { interval: "8d", grace: "1d", lastCall: "12h" };
    bequests.staged = await armed("Later", {
      to: `${recipients.bo}:300d`,
      documents: ["Keys"],
      message: "Later.\n",
      ...quick,
    });
    await until(async () => ((await stateOf(bequests.staged)) === "releasing" ? true : null), aDayMs);
    const back = outputs.checkedIn.parse(await ada.run("checkin"));
    expect(back.rows.find(({ b }) => b === bequests.staged)?.state).toBe("armed");
    const { switches } = outputs.status.parse(await ada.run("status"));
    expect(
      switches
        .flatMap(({ slots }) => slots.map(({ stage }) => stage))
        .every((stage) => !["granted", "fetched"].includes(stage)),
    ).toBe(true);
    await ada.run("bequest", "disarm", bequests.staged);
  });

  it("a bequest can be paused, and a disarmed one stays disarmed", async () => {
    const quick = { interval: "5d", grace: "1d", lastCall: "12h" };
    bequests.disarmed = await armed("Not this", {
      to: recipients.bo,
      documents: ["will.pdf"],
      message: "No.\n",
      ...quick,
    });
    const paused = outputs.checkedIn.parse(await ada.run("bequest", "pause", bequests.disarmed, "--for", "20d"));
    expect(paused.rows.find(({ b }) => b === bequests.disarmed)?.state).toBe("paused");
    const { rows } = outputs.checkedIn.parse(await ada.run("bequest", "disarm", bequests.disarmed));
    expect(rows.find(({ b }) => b === bequests.disarmed)?.state).toBe("disarmed");
  });

  it("silence: the keyholder decides, and both are told", async () => {
    const early = await bo.attempt("release", "open", bequests.bo);
    expect(early.exitCode).toBe(3);
    const released = await Promise.all([product.link(people.bo, "open"), product.link(people.cy, "open")]);
    await bo.keep("release", released[0]);
    await cy.keep("release", released[1]);
    const subjects = (await product.mails(people.owner)).map(({ subject }) => subject).join("\n");
    expect(subjects).toContain("reminder");
    expect(subjects).toContain("grace");
    expect([await stateOf(bequests.staged), await stateOf(bequests.disarmed)]).toEqual(["disarmed", "disarmed"]);
  });

  it("the first recipient opens byte-identical files with their words", async () => {
    const { message, older, files } = outputs.opened.parse(
      await bo.run("release", "open", bequests.bo, "--link-file", "release", "--out", "inheritance"),
    );
    expect([message, older, files.length]).toEqual([messages.bo, false, 14]);
    for (const name of ["will.pdf", "garden.jpg"]) {
      expect((await readFile(join(bo.folder, "inheritance", name))).equals(await contentOf(name)), name).toBe(true);
    }
    expect(await readFile(join(bo.folder, "inheritance/letters/old/3.txt"), "utf8")).toBe("letter 3");
  });

  it("the second, on a new device with their passphrase, opens theirs and nothing of the first's", async () => {
    const tablet = await aPerson({ name: "cy-tablet", folder: join(folder, "cy-tablet"), server: product.url });
    const link = await tablet.keep("release", await readFile(join(cy.folder, "release")));
    const secret = await tablet.keep("passphrase", await readFile(join(cy.folder, "passphrase")));
    await tablet.run("recipient", "unlock", "--link-file", link, "--passphrase-file", secret);
    const { releases } = outputs.releases.parse(await tablet.run("release", "list"));
    expect(releases.map(({ b }) => b)).toEqual([bequests.cy]);
    const { message, files } = outputs.opened.parse(await tablet.run("release", "open", bequests.cy, "--out", "all"));
    expect([message, files.length]).toEqual([messages.cy, 2]);
    expect((await readdir(join(tablet.folder, "all"))).sort()).toEqual(["film.mp4", "house", "message.txt"]);
    expect((await readFile(join(tablet.folder, "all/film.mp4"))).equals(await contentOf("film.mp4"))).toBe(true);
    expect(await readFile(join(tablet.folder, "all/house/Keys"), "utf8")).toBe("The blue key is for the cellar.\n");
    const theirs = await tablet.attempt("release", "open", bequests.bo);
    expect([theirs.exitCode, outputs.failed.parse(theirs.json).error.code]).toEqual([3, "not-found"]);
  });

  it("the owner's log holds, and everything can be taken along as age files", async () => {
    const { leaves } = outputs.log.parse(await ada.run("log", "verify"));
    expect(leaves.map(({ action }) => action)).toContain("statement.policy");
    outputs.log.parse(await ada.run("log", "verify"));
    outputs.documents.parse(await ada.run("export", "--kind", "x25519", "--out", "export"));
    const plain = await openWithAge(join(ada.folder, "export/identity.txt"), join(ada.folder, "export/garden.jpg.age"));
    expect(plain.equals(await contentOf("garden.jpg"))).toBe(true);
  });
});

async function openWithAge(identity: string, file: string): Promise<Buffer> {
  const { execFile } = await import("node:child_process");
  return new Promise((resolve, reject) => {
    execFile("age", ["-d", "-i", identity, file], { encoding: "buffer", maxBuffer: 2 ** 28 }, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
  });
}
