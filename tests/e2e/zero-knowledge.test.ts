import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { encodeUtf8 } from "@afterkeep/bytes";
import { parseRecoveryKit } from "@afterkeep/formats";
import { itemFromNote } from "@afterkeep/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awaitMail } from "../../scripts/stage/await-mail.ts";
import { writeLargeFile } from "../../scripts/stage/belongings.ts";
import { aPerson, type Person } from "../../scripts/stage/person.ts";
import { type Product, startProduct } from "../../scripts/stage/product.ts";
import { aDevice, rememberedBy } from "./attack/a-device.ts";
import { dumpDatabase, superuserOf } from "./attack/the-operator.ts";
import { aWireTap } from "./documents/a-wire-tap.ts";
import { controlText, plantWhileRunning, plantWhileStopped } from "./search/control-strings.ts";
import { findBytesInFolder, type Finding, findInBytes, findInFolder } from "./search/find-plaintext.ts";

/** What only the people themselves may ever read. */
const secret = {
  fileName: "Zürich-ledger-7F3.txt",
  folder: "Gärten und Quittungen 9K",
  fileText: "Das Konto in Zürich lautet auf 55-1Q-8842.",
  noteName: "Kellerschlüssel QX81",
  noteText: "Der blaue Schlüssel öffnet den Keller; der rote gar nichts.",
  passphrase: "Mürrische Laternen zählen 47 Kiesel",
  title: "Für die Patentochter, Entwurf 3",
  message: "Liebe Ada, fang mit dem Konto in Zürich an.",
  label: "Ada die Patentochter",
  recipientsPassphrase: "Sandige Teleskope grüßen 9 Veilchen",
  nameBefore: "Entwurf Brückenwaage 6T.txt",
  nameAfter: "Reinschrift Brückenwaage 6T.txt",
  folderAfter: "Schublade hinter dem Globus 2V",
  thumbnail: "Ein winziges Bild vom Steg, 8H, im Nebel",
  recordName: "Schließfach Marktplatz 31",
  recordField: "Nummer 4471, Wort Muschelkalk",
  recordNote: "Der Schlüssel liegt beim Imker 5W.",
  importedName: "Postfach Kranichweg 12",
  importedUser: "claere-kranich-77",
  importedPassword: "Quitten&Hafer!2093",
  interruptedName: "Tonband Großmutter 1961 (K4).wav",
  interruptedFolder: "Stimmen, unverlierbar 8D",
};
/** What may stand in mails, and nowhere else. */
const forMailsOnly = {
  displayName: "Cläre Ostermoor-Quist",
  owner: "claere.ostermoor@example.org",
  recipient: "ada.lindqvist@example.org",
};

let folder: string;
let product: Product;
/** The product's data folder after its stop, and every table before it. */
let dump: Map<string, string>;
let said: string;
let controls: string[];
/** Secrets that the product itself made, by what they are. */
const made = new Map<string, string>();
const tokens = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ak-zk-"));
  product = await startProduct({ data: join(folder, "data"), mode: "demo", factor: 43_200 });
  try {
    await live();
    await misbehave();
    const pool = await superuserOf(product.data);
    const smtpPort = Number(new URL(product.mailboxUrl).port) + 1;
    await plantWhileRunning(pool, `smtp://127.0.0.1:${smtpPort}`);
    dump = await dumpDatabase(pool);
    await pool.end();
  } finally {
    await product.stop();
  }
  said = product.said();
  controls = await plantWhileStopped(product.data);
}, 900_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The whole story in its shortest form: sealed, left, armed, checked in, fallen silent, released, opened. */
async function live(): Promise<void> {
  const person = (name: string, email: string) =>
    aPerson({ name, email, folder: join(folder, name), server: product.url });
  const [clara, ada] = [await person("clara", forMailsOnly.owner), await person("ada", forMailsOnly.recipient)];
  await signUp(clara);
  const documents = await sealAll(clara);
  await keepMore(clara);
  await breakOff(clara);
  const r = await meet(clara, ada);
  const message = await clara.keep("message", secret.message);
  const times = ["--interval", "12d", "--reminders", "3d", "--grace", "1d", "--last-call", "12h"];
  // Why may ask: a wait shorter than a week is what a kit is of use for.
  const people = ["--to", r, "--may-ask", `${r}:3d`];
  const plan = ["--title", secret.title, "--message-file", message, ...people, "--document", ...documents, ...times];
  const b = String((await clara.run("bequest", "create", ...plan))["b"]);
  // Why with the kit: its words are typed here, and must be found nowhere either.
  await clara.run("bequest", "arm", b, "--yes", "--kit-file", join(clara.folder, "kit.txt"));
  await clara.run("checkin");
  const reminder = await awaitMail(product, { to: clara.email, link: "checkin" }, 120_000);
  noteToken("check-in link", reminder.link);
  await clara.run("checkin", "--link-file", await clara.keep("checkin-link", reminder.link));
  const release = await awaitMail(product, { to: ada.email, link: "open" }, 120_000);
  noteToken("release link", release.link);
  const opened = await ada.run(
    "release",
    "open",
    b,
    "--link-file",
    await ada.keep("open-link", release.link),
    "--out",
    "got",
  );
  expect(opened["message"]).toBe(secret.message);
  await clara.run("log", "verify");
  await noteSecrets(clara, ada);
}

async function signUp(clara: Person): Promise<void> {
  const passphrase = await clara.keep("passphrase", `${secret.passphrase}\n`);
  const secrets = ["--passphrase-file", passphrase, "--totp-secret-file", "totp", "--kit", "kit.txt"];
  await clara.run("account", "create", "--email", clara.email, "--name", forMailsOnly.displayName, ...secrets);
  const { link } = await awaitMail(product, { to: clara.email, link: "verify" });
  noteToken("verification link", link);
  await clara.run("account", "verify-email", "--link-file", await clara.keep("verify-link", link));
  made.set("session before signing in again", (await rememberedBy(clara)).secrets.session?.token ?? "");
  await clara.run(
    "account",
    "login",
    "--email",
    clara.email,
    "--passphrase-file",
    passphrase,
    "--totp-secret-file",
    "totp",
  );
}

async function sealAll(clara: Person): Promise<string[]> {
  await mkdir(join(clara.folder, secret.folder));
  await writeFile(join(clara.folder, secret.folder, secret.fileName), `${secret.fileText}\n`.repeat(2000));
  await clara.run("document", "seal", secret.folder);
  const text = await clara.keep("note", secret.noteText);
  await clara.run("document", "seal", "--note", secret.noteName, "--text-file", text, "--folder", secret.folder);
  const { documents } = (await clara.run("document", "list")) as { documents: { doc: string; name: string }[] };
  expect(documents.map(({ name }) => name).sort()).toEqual([secret.noteName, secret.fileName].sort());
  return documents.map(({ doc }) => doc);
}

/** Everything else that a document can hold or be called, each with words of its own. */
async function keepMore(clara: Person): Promise<void> {
  await clara.keep(secret.nameBefore, "draft\n");
  const sealed = await clara.run("document", "seal", secret.nameBefore);
  const [{ doc }] = sealed["documents"] as [{ doc: string }];
  await clara.run("document", "rename", doc, secret.nameAfter);
  await clara.run("document", "move", doc, "--to", secret.folderAfter);
  await clara.run("document", "policy", "--keep", "7", "--days", "4321");
  const fields = [{ name: "Word", kind: "secret", value: secret.recordField }];
  const record = JSON.stringify({ template: "login", fields, note: secret.recordNote });
  await clara.run(
    "document",
    "new",
    "login",
    "--name",
    secret.recordName,
    "--from-json",
    await clara.keep("r", record),
  );
  const { importedName, importedUser, importedPassword } = secret;
  const table = `name,username,password\n${importedName},${importedUser},${importedPassword}\n`;
  await clara.run("import", await clara.keep("table.csv", table), "--format", "csv");
  const picture = { ...itemFromNote({ name: "p", text: "p", modified: 0 }), thumbnail: encodeUtf8(secret.thumbnail) };
  await aDevice(clara, product.url).seal([picture]);
}

/** An upload that is killed on its way: the journal on Clara's disk and the parts on the server stay. */
async function breakOff(clara: Person): Promise<void> {
  const tap = await aWireTap(product.url, join(folder, "wire"));
  await writeLargeFile(join(clara.folder, secret.interruptedName), 2 ** 25);
  const person = await aPerson({ name: "clara", folder: clara.folder, server: tap.url });
  const held = tap.holdAfter(2);
  const cli = person.start("document", "seal", secret.interruptedName, "--folder", secret.interruptedFolder);
  await held;
  await cli.kill("SIGKILL");
  await cli.outcome;
  await tap.close();
  expect(JSON.stringify(await clara.run("document", "uploads"))).toContain(secret.interruptedFolder);
}

async function meet(clara: Person, ada: Person): Promise<string> {
  const r = String((await clara.run("recipient", "invite", "--email", ada.email, "--name", secret.label))["r"]);
  const { link } = await awaitMail(product, { to: ada.email, link: "invite" });
  noteToken("invitation link", link);
  const own = [
    "--passphrase-file",
    await ada.keep("passphrase", `${secret.recipientsPassphrase}\n`),
    "--key-file",
    "my.key",
  ];
  const accepted = await ada.run("recipient", "accept", "--link-file", await ada.keep("invite-link", link), ...own);
  await clara.run("recipient", "verify", r, "--words", (accepted["words"] as string[]).join(" "));
  return r;
}

function noteToken(name: string, link: string): void {
  tokens.set(name, link.split("#")[1] ?? "");
}

/** Everything that the two devices keep for themselves, in every form that a text of it might take. */
async function noteSecrets(clara: Person, ada: Person): Promise<void> {
  const [owner, recipient] = [(await rememberedBy(clara)).secrets, (await rememberedBy(ada)).secrets];
  const kit = await readFile(join(clara.folder, "kit.txt"), "utf8");
  const words = kit.slice(kit.indexOf("Words:")).match(/\b[a-z]{3,}\b/g) ?? [];
  expect(words.length).toBeGreaterThanOrEqual(24);
  const [totp = ""] = (await readFile(join(clara.folder, "totp"), "utf8")).split("\n");
  made.set("TOTP secret", totp);
  made.set("first kit words", words.slice(0, 4).join(" "));
  made.set("last kit words", words.slice(-4).join(" "));
  made.set("kit secret", Buffer.from(parseRecoveryKit(kit).secret).toString("base64url"));
  made.set("device seed", owner.device);
  made.set("root key", owner.session?.rootKey ?? "");
  made.set("recipient's key", Object.values(recipient.recipientIdentities)[0] ?? "");
  tokens.set("owner's session", owner.session?.token ?? "");
  tokens.set("recipient's session", recipient.recipientSession?.token ?? "");
  for (const [name, value] of [...made, ...tokens]) expect([name, value.length > 15]).toEqual([name, true]);
}

/** Mistakes and attacks that tempt a server to write down what it was sent. */
async function misbehave(): Promise<void> {
  const json = { "content-type": "application/json" };
  const token = tokens.get("owner's session") ?? "";
  const wishes: [string, RequestInit][] = [
    [
      "/v1/sessions/begin",
      { method: "POST", headers: json, body: `{"email":"${forMailsOnly.owner}","passphrase":"${secret.passphrase}"` },
    ],
    [
      "/v1/sessions/begin",
      { method: "POST", headers: json, body: JSON.stringify({ email: forMailsOnly.owner, note: secret.noteText }) },
    ],
    [
      `/v1/documents/${encodeURIComponent(secret.fileName)}?token=${token}`,
      { headers: { authorization: `Bearer ${token}x` } },
    ],
    [
      `/invite?t=${tokens.get("invitation link")}`,
      { headers: { referer: `${product.url}/open#${tokens.get("release link")}` } },
    ],
    ["/v1/status", { headers: { cookie: `__Host-ak=${token}`, "user-agent": secret.title } }],
    [
      "/v1/account/email/verify",
      { method: "POST", headers: json, body: JSON.stringify({ token: tokens.get("check-in link") }) },
    ],
    ["/v1/recipient/links", { method: "POST", headers: json, body: JSON.stringify({ email: forMailsOnly.recipient }) }],
  ];
  for (const [path, init] of wishes) await (await fetch(product.url + path, init)).text();
  await wait(500);
}

async function search(planted: readonly string[]): Promise<Finding[]> {
  const found = await findInFolder(product.data, planted);
  for (const [table, rows] of dump) found.push(...findInBytes(`table ${table}`, Buffer.from(rows), planted));
  return [...found, ...findInBytes("what start printed", Buffer.from(said), planted)];
}

const placesOf = (findings: readonly Finding[], text: string) =>
  findings.filter((one) => one.text === text).map(({ place }) => place);

describe("with everything the operator has", { timeout: 300_000 }, () => {
  it("the search finds what was put everywhere on purpose", async () => {
    const places = placesOf(await search([controlText]), controlText);
    expect(places).toEqual(expect.arrayContaining(controls));
    expect(places).toContain("table control_place.scratch");
    expect(places.some((place) => place.startsWith("postgres/data/base/"))).toBe(true);
    expect(places.some((place) => place.startsWith("mailbox/") && place.endsWith(".eml"))).toBe(true);
    const parts = [
      "api",
      "auditor",
      "clock",
      "identity",
      "keyholder",
      "kms",
      "logs",
      "mailbox",
      "objects",
      "postgres",
      "secrets",
    ];
    expect(controls).toEqual(expect.arrayContaining(parts.map((part) => `${part}/control.txt`)));
    for (const zone of ["api", "auditor", "clock", "keyholder", "kms", "mailbox", "supervisor"])
      expect(controls).toContain(`logs/${zone}.log`);
  });

  it("nothing that a person sealed, said or keeps for themselves is found anywhere", async () => {
    // `keepVersions`: how the rule for versions is written before it is sealed.
    expect(await search([...Object.values(secret), ...made.values(), "keepVersions"])).toEqual([]);
  });

  it("nor is any of it in the journal that a device keeps of interrupted uploads", async () => {
    const uploads = join(folder, "clara/profile/uploads");
    const [ver = ""] = (await readdir(uploads)).map((name) => name.replace(".jsonl", ""));
    const findings = await findInFolder(uploads, [ver, "keepVersions", ...Object.values(secret), ...made.values()]);
    expect(placesOf(findings, ver)).toContain(`${ver}.jsonl`);
    expect(findings.filter(({ text }) => text !== ver)).toEqual([]);
  });

  it("nor any key of theirs as raw bytes", async () => {
    const raw = [...made]
      .filter(([name]) => /seed|root key|kit secret/.test(name))
      .map(([, value]) => Buffer.from(value, "base64url"));
    expect(raw.map(({ length }) => length)).toEqual([32, 32, 32]);
    for (const bytes of raw) expect(await findBytesInFolder(product.data, bytes)).toEqual([]);
    expect(await findBytesInFolder(product.data, Buffer.from(controlText))).toEqual(expect.arrayContaining(controls));
  });

  it("names and addresses stand in mails, where they must, and nowhere else", async () => {
    const findings = await search(Object.values(forMailsOnly));
    for (const text of Object.values(forMailsOnly)) {
      const places = placesOf(findings, text);
      expect([text, places.length > 0]).toEqual([text, true]);
      expect([text, places.filter((place) => !/^mailbox\/.*\.(eml|json)$/.test(place))]).toEqual([text, []]);
    }
  });

  it("link tokens stand in the mails that carry them, session tokens nowhere, and no token in any log", async () => {
    const findings = await search([...tokens.values()]);
    for (const [name, token] of tokens) {
      const places = placesOf(findings, token);
      const isLink = name.endsWith("link");
      expect([name, places.length > 0]).toEqual([name, isLink]);
      expect([name, places.filter((place) => !place.startsWith("mailbox/"))]).toEqual([name, []]);
      // As it would stand in a table or file that holds the token itself where its hash belongs.
      const raw = Buffer.from(token, "base64url");
      const elsewhere = (await findBytesInFolder(product.data, raw)).filter(
        (place) => !isLink || !place.startsWith("mailbox/"),
      );
      expect([name, elsewhere, isDumped(raw)]).toEqual([name, [], false]);
    }
  });
});

function isDumped(bytes: Buffer): boolean {
  return [...dump.values()].some((rows) => rows.includes(bytes.toString("hex")));
}
