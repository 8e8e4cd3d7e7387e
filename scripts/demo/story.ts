import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { awaitMail, mailsSoFar } from "../stage/await-mail.ts";
import { type Belongings, hashFile, makeBelongings } from "../stage/belongings.ts";
import { aPerson, type Person } from "../stage/person.ts";
import type { Product } from "../stage/product.ts";
import { expectEqual, expectTrue, type Story } from "./steps.ts";

/** Sizes of the files that the owner seals. */
export type StorySize = { readonly archiveBytes: number; readonly letterCount: number };

/** One document as the owner knows it, with the hash of what went in. */
type Sealed = { readonly doc: string; readonly name: string; readonly folder: string; readonly sha256: string };
type Bequeathed = {
  readonly b: string;
  readonly documents: readonly Sealed[];
  readonly person: Person;
  readonly r: string;
  readonly message: string;
};

/** The whole life of two bequests, told through the command line, the mailbox and nothing else. Throws where the product breaks a promise. */
export async function tellStory(story: Story, product: Product, folder: string, size: StorySize): Promise<void> {
  const person = (name: string) => aPerson({ name, folder: join(folder, name.toLowerCase()), server: product.url });
  const [clara, ada, ben] = [await person("Clara"), await person("Ada"), await person("Ben")];

  await signUp(story, product, clara);
  const belongings = await makeBelongings(clara.folder, size.archiveBytes, size.letterCount);
  const sealed = await sealEverything(story, clara, belongings);
  const adaId = await meet(story, product, clara, ada);
  const benId = await meet(story, product, clara, ben);
  const will = sealed.filter(({ folder: inside, name }) => inside !== "letters" && name !== "harbour.png");
  const letters = sealed.filter((one) => !will.includes(one));
  const forAda = await bequeath(story, clara, ada, adaId, will, "Dear Ada, the papers are in order. Take your time.\n");
  const forBen = await bequeath(story, clara, ben, benId, letters, "Ben, these letters were always yours.\n");
  await checkInByCommand(story, clara);
  await checkInByMail(story, product, clara);
  await fallSilent(story, product, clara, [forAda, forBen]);
  await receive(story, product, forAda, forBen);
  await receive(story, product, forBen, forAda);
}

async function signUp(story: Story, product: Product, owner: Person): Promise<void> {
  await story.step(
    "Clara makes an account: a passphrase that the server never sees, a second factor, a recovery kit",
    async () => {
      const passphrase = await owner.keep("passphrase", "quiet harbour lanterns over seven stones\n");
      const secrets = ["--passphrase-file", passphrase, "--totp-secret-file", join(owner.folder, "totp-secret")];
      const kit = join(owner.folder, "recovery-kit.txt");
      const account = await owner.run(
        "account",
        "create",
        "--email",
        owner.email,
        "--name",
        owner.name,
        "--kit",
        kit,
        ...secrets,
      );
      expectTrue((await stat(kit)).size > 0, "The recovery kit is empty.");
      const { link } = await awaitMail(product, { to: owner.email, link: "verify" });
      await owner.run("account", "verify-email", "--link-file", await owner.keep("verify-link", link));
      return { account: account["account"], keyholder: account["keyholder"] };
    },
  );
}

async function sealEverything(
  story: Story,
  owner: Person,
  { pdf, photo, archive, letters }: Belongings,
): Promise<Sealed[]> {
  const { documents } = await story.step(
    "She seals a PDF, a photo, a large archive and a folder of letters on her own device",
    async () => {
      const { documents: rows } = (await owner.run("document", "seal", pdf, photo, archive, letters)) as {
        documents: Omit<Sealed, "sha256">[];
      };
      const hashed = await Promise.all(
        rows.map(async ({ doc, name, folder: inside }) => ({
          doc,
          name,
          folder: inside,
          sha256: await hashFile(join(owner.folder, inside, name)),
        })),
      );
      const listed = (await owner.run("document", "list")) as { documents: unknown[] };
      expectEqual(listed.documents.length, hashed.length, "documents in the vault");
      story.say(`${hashed.length} documents sealed. The server has no names, no contents, no keys.`);
      return { documents: hashed };
    },
  );
  return documents;
}

async function meet(story: Story, product: Product, owner: Person, recipient: Person): Promise<string> {
  const { r } = await story.step(
    `She invites ${recipient.name}, who makes a key on their own device; both read the same eight words`,
    async () => {
      const invited = await owner.run("recipient", "invite", "--email", recipient.email, "--name", recipient.name);
      const id = String(invited["r"]);
      const { link } = await awaitMail(product, { to: recipient.email, link: "invite" });
      const linkFile = await recipient.keep("invitation", link);
      const accepted = await recipient.run(
        "recipient",
        "accept",
        "--link-file",
        linkFile,
        "--no-passphrase",
        "--key-file",
        join(recipient.folder, "my.key"),
      );
      const heard = (accepted["words"] as string[]).join(" ");
      const seen = ((await owner.run("recipient", "words", id))["words"] as string[]).join(" ");
      expectEqual(seen, heard, "safety words of owner and recipient");
      await owner.run("recipient", "verify", id, "--words", heard);
      story.say(heard);
      return { r: id, words: heard };
    },
  );
  return r;
}

async function bequeath(
  story: Story,
  owner: Person,
  person: Person,
  r: string,
  documents: readonly Sealed[],
  message: string,
): Promise<Bequeathed> {
  const { b } = await story.step(
    `She leaves ${documents.length} documents and a message to ${person.name}, and arms it with her signature`,
    async () => {
      const messageFile = await owner.keep(`message-${person.name}`, message);
      const times = ["--interval", "5d", "--reminders", "3d,4d", "--grace", "2d", "--last-call", "36h"];
      const created = await owner.run(
        ...["bequest", "create", "--title", `For ${person.name}`, "--message-file", messageFile, "--to", r, ...times],
        ...["--document", ...documents.map(({ doc }) => doc)],
      );
      const id = String(created["b"]);
      const armed = await owner.run("bequest", "arm", id, "--yes");
      expectTrue(armed["counted"] === true, "Arming was not receipted.");
      story.say(`The earliest moment anything can be released: ${moment(armed["earliestMs"])}`);
      return { b: id, earliest: moment(armed["earliestMs"]), statement: armed["statement"] };
    },
  );
  return { b, documents, person, r, message };
}

async function checkInByCommand(story: Story, owner: Person): Promise<void> {
  await story.step("She checks in from her terminal and holds the keyholder's signed receipt", async () =>
    receiptOf(story, await owner.run("checkin")),
  );
}

async function checkInByMail(story: Story, product: Product, owner: Person): Promise<void> {
  const after = await mailsSoFar(product, owner.email);
  await story.step("Days later a reminder arrives; she checks in with the link in it", async () => {
    const { link, mail } = await awaitMail(product, { to: owner.email, link: "checkin", after });
    story.say(`Mail: ${mail.subject}`);
    return receiptOf(story, await owner.run("checkin", "--link-file", await owner.keep("checkin-link", link)));
  });
}

function receiptOf(story: Story, result: Record<string, unknown>): Record<string, unknown> {
  expectTrue(result["counted"] === true, "The check-in did not count.");
  story.say(
    `Receipt ${String(result["epoch"])}.${String(result["counter"])}: nothing can be released before ${moment(result["earliestMs"])}`,
  );
  return { statement: result["statement"], counter: result["counter"], earliest: moment(result["earliestMs"]) };
}

async function fallSilent(
  story: Story,
  product: Product,
  owner: Person,
  bequests: readonly Bequeathed[],
): Promise<void> {
  await story.step(
    "Then she stops. Reminders go out, then the grace period, then the last call; the keyholder alone decides",
    async () => {
      const before = await mailsSoFar(product, owner.email);
      const seen: string[] = [];
      for (let waited = 0; ; waited += 250) {
        if (waited > 90_000) throw new Error(`Nothing was released. States seen: ${seen.join(", ")}`);
        const { switches } = (await owner.run("status")) as { switches: { b: string; state: string }[] };
        const states = bequests.map(({ b }) => switches.find((row) => row.b === b)?.state ?? "missing").join(" and ");
        if (seen.at(-1) !== states) {
          seen.push(states);
          story.say(states);
        }
        if (states.split(" and ").every((state) => state === "releasing" || state === "released")) break;
        await wait(250);
      }
      const mails = (await product.mails(owner.email))
        .filter(({ id }) => !before.has(id))
        .map(({ subject }) => subject);
      expectTrue(mails.length >= 3, `Too few mails reached the owner before the release: ${mails.join("; ")}`);
      return { states: seen, mailsToOwner: mails.toReversed() };
    },
  );
}

async function receive(story: Story, product: Product, mine: Bequeathed, other: Bequeathed): Promise<void> {
  const { person, documents } = mine;
  await story.step(
    `${person.name} is told, opens what was left, and finds every byte as it was; nothing of ${other.person.name}'s`,
    async () => {
      const { link, mail } = await awaitMail(product, { to: person.email, link: "open" });
      story.say(`Mail: ${mail.subject}`);
      const linkFile = await person.keep("release-link", link);
      const { releases } = (await person.run("release", "list", "--link-file", linkFile)) as {
        releases: { b: string }[];
      };
      expectEqual(
        releases.map(({ b }) => b),
        [mine.b],
        "releases that are shown",
      );
      const refused = await person.attempt("release", "open", other.b, "--out", join(person.folder, "stolen"));
      expectEqual(refused.exitCode, 3, "exit code of opening somebody else's bequest");
      const out = join(person.folder, "received");
      const opened = await person.run("release", "open", mine.b, "--out", out);
      expectEqual(opened["message"], mine.message, "message");
      const received = opened["files"] as { doc: string; file: string }[];
      expectEqual(received.map(({ doc }) => doc).sort(), documents.map(({ doc }) => doc).sort(), "documents received");
      for (const { doc, name, sha256 } of documents) {
        const file = received.find((one) => one.doc === doc)?.file ?? "";
        expectEqual(await hashFile(join(person.folder, relativeTo(person.folder, file))), sha256, `bytes of ${name}`);
      }
      story.say(`${documents.length} documents, byte for byte.`);
      return {
        sha256: Object.fromEntries(documents.slice(0, 5).map(({ name, sha256 }) => [name, sha256])),
        identical: documents.length,
      };
    },
  );
}

function relativeTo(folder: string, file: string): string {
  return file.startsWith(folder) ? file.slice(folder.length) : file;
}

function moment(ms: unknown): string {
  return typeof ms === "number" ? new Date(ms).toISOString().slice(0, 16).replace("T", " ") : "never";
}
