import { chmod, copyFile, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aPerson, type Person } from "../../scripts/stage/person.ts";
import { type OpenProduct, openProduct, until } from "./story/an-open-product.ts";
import * as outputs from "./story/outputs.ts";

/** Three seconds are a day. */
const factor = 28_800;
const dayMs = 86_400_000;
const notCounted = "This check-in did NOT count.";

let folder: string;
let product: OpenProduct;
let ada: Person;
let bo: Person;
/** A server of ada's, on which nothing lies but the key's file. */
let job: Person;
let b = "";
let key = "";
let file = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "afterkeep-delegate-"));
  product = await openProduct({ mode: "demo", factor });
  const person = (name: string) => aPerson({ name, folder: join(folder, name), server: product.url });
  [ada, bo] = [await person("ada"), await person("bo")];
  // Why another server: the file says itself whom to ask.
  job = await aPerson({ name: "job", folder: join(folder, "job"), server: "http://localhost:1" });
});

afterAll(async () => {
  await product.close();
  await rm(folder, { recursive: true, force: true });
});

async function standing() {
  const { now, switches } = outputs.status.parse(await ada.run("status"));
  const found = switches.find((one) => one.b === b);
  if (found === undefined) throw new Error("nothing is armed");
  return { now, ...found };
}

const kept = async () => outputs.delegateFile.parse(JSON.parse(await readFile(file, "utf8")));

describe("a job that checks in for its owner, told with the command line", { timeout: 300_000 }, () => {
  it("an owner plans something for somebody, as everybody does", async () => {
    const secret = await ada.keep("passphrase", "lantern gravel otter midnight 47\n");
    const names = ["--email", "ada@example.org", "--name", "Ada L.", "--passphrase-file", secret];
    await ada.run("account", "create", ...names, "--totp-secret-file", "totp", "--kit", "kit.txt");
    const link = await ada.keep("verification", await product.link("ada@example.org", "verify"));
    await ada.run("account", "verify-email", "--link-file", link);
    const { r } = outputs.recipient.parse(
      await ada.run("recipient", "invite", "--email", "bo@example.org", "--name", "Bo"),
    );
    const invitation = await bo.keep("invitation", await product.link("bo@example.org", "invite"));
    const theirs = await bo.keep("passphrase", "violet harbour sandwich telescope 9\n");
    const secrets = ["--passphrase-file", theirs, "--key-file", "key"];
    const accepted = await bo.run("recipient", "accept", "--link-file", invitation, ...secrets);
    await ada.run("recipient", "verify", r, "--words", outputs.words.parse(accepted).words.join(" "));
    await ada.keep("will.txt", "The house is yours.\n");
    await ada.run("document", "seal", "will.txt");
    const { documents } = outputs.documents.parse(await ada.run("document", "list"));
    const what = ["--to", r, "--document", ...documents.map(({ doc }) => doc)];
    b = outputs.bequest.parse(await ada.run("bequest", "create", "--title", "For Bo", ...what, "--interval", "40d")).b;
    await ada.run("bequest", "arm", b, "--yes");
  });

  it("they make a key for it, in a private file that is never written over", async () => {
    const made = outputs.delegateMade.parse(await ada.run("delegate", "create", "--out", "job.json"));
    key = made.key;
    expect((await stat(made.file)).mode & 0o777).toBe(0o600);
    const again = await ada.attempt("delegate", "create", "--out", "job.json");
    expect(again.exitCode).toBe(2);
    expect(outputs.delegates.parse(await ada.run("delegate", "list")).delegates).toEqual([{ key }]);
    const devices = JSON.stringify(await ada.run("device", "list"));
    expect(devices).not.toContain(key);
    file = join(job.folder, "key.json");
    await copyFile(made.file, file);
  });

  it("which counts for nothing while no bequest accepts it, and says so", async () => {
    const before = await kept();
    const refused = await job.attempt("checkin", "--key", file);
    const { error } = outputs.failed.parse(refused.json);
    expect([refused.exitCode, error.code]).toEqual([3, "sign-not-accepted"]);
    expect(error.message).toContain(notCounted);
    expect(await kept()).toEqual(before);
    const mixed = await job.attempt("checkin", "--key", file, "--leave", b);
    expect(mixed.exitCode).toBe(2);
  });

  it("and for the bequest that does, once its owner armed it so and what loosens has cooled", async () => {
    await ada.run("bequest", "update", b, "--accept", "link", "key", "sign-in");
    await ada.run("bequest", "arm", b, "--yes");
    // A class more loosens, so the owner's key waits as well: the old policy goes on meanwhile.
    expect((await job.attempt("checkin", "--key", file)).exitCode).toBe(3);
    const armedAt = (await standing()).now;
    const cools = { b, title: "For Bo", isOwn: true, isProven: true };
    expect(await ada.run("status")).toMatchObject({ loosenings: [cools] });
    await until(async () => ((await standing()).now > armedAt + 9 * dayMs ? true : null), 2_000);
    const mails = await product.mails("ada@example.org");
    expect(mails.filter(({ subject }) => subject.startsWith("A bequest of yours was changed"))).toHaveLength(1);
    const before = await kept();
    const answer = outputs.checkedInByKey.parse(await job.run("checkin", "--key", file));
    expect(answer.countedFor.map((one) => one.b)).toEqual([b]);
    expect(answer.rows[0]?.state).toBe("armed");
    const { now } = await standing();
    expect((answer.countedFor[0]?.untilMs ?? 0) - now).toBeLessThan(81 * dayMs);
    const after = await kept();
    expect(after.seen.counter).toBe(answer.counter);
    expect(after.seen.counter).toBeGreaterThan(before.seen.counter);
    expect(after.head.seq).toBeGreaterThan(before.head.seq);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("without anything else of a device: neither session, nor passphrase, nor a profile", async () => {
    expect(await readdir(job.folder)).toEqual(["key.json"]);
    const text = await readFile(file, "utf8");
    for (const name of ["passphrase", "totp", "kit.txt"]) {
      const secret = (await readFile(join(ada.folder, name), "utf8")).trim();
      expect(text).not.toContain(secret.slice(0, 20));
    }
  });

  it("not with a file that others can read, nor with another keyholder than the one it was made for", async () => {
    await chmod(file, 0o644);
    expect((await job.attempt("checkin", "--key", file)).exitCode).toBe(2);
    await chmod(file, 0o600);
    const whole = await readFile(file, "utf8");
    const { publicKey } = (await kept()).keyholder;
    const foreign = await job.keep("foreign.json", whole.replace(publicKey, key));
    const refused = await job.attempt("checkin", "--key", foreign);
    const { error } = outputs.failed.parse(refused.json);
    expect([refused.exitCode, error.code]).toEqual([3, "keyholder-changed"]);
    expect(error.message).toContain(notCounted);
    await rm(foreign);
  });

  it("until they take it away, and then never again", async () => {
    const before = await kept();
    await ada.run("delegate", "revoke", key);
    const refused = await job.attempt("checkin", "--key", file);
    const { error } = outputs.failed.parse(refused.json);
    expect([refused.exitCode, error.code]).toEqual([3, "delegate-unknown"]);
    expect(error.message).toContain(notCounted);
    expect(await kept()).toEqual(before);
    expect(outputs.delegates.parse(await ada.run("delegate", "list")).delegates).toEqual([]);
    outputs.checkedIn.parse(await ada.run("checkin"));
    const { leaves } = outputs.log.parse(await ada.run("log", "verify"));
    const actions = new Set(leaves.map(({ action }) => action));
    for (const action of ["statement.delegate", "statement.delegated", "statement.revoke-device"])
      expect(actions.has(action)).toBe(true);
  });

  it("while signing in goes on to count as they said, and is told of in the log", async () => {
    const secret = join(ada.folder, "passphrase");
    const how = ["--passphrase-file", secret, "--totp-secret-file", "totp"];
    await ada.run("account", "login", "--email", "ada@example.org", ...how);
    const isTold = async () => {
      const { leaves } = outputs.log.parse(await ada.run("log", "verify"));
      return leaves.some(({ action }) => action === "statement.attested") ? true : null;
    };
    await until(isTold, 2_000);
  });

  it("and a server that is away is no check-in either", async () => {
    const away = await job.attempt("checkin", "--key", file, "--server", "http://localhost:1");
    expect(away.exitCode).toBe(5);
    expect(outputs.failed.parse(away.json).error.message).toContain(notCounted);
  });
});
