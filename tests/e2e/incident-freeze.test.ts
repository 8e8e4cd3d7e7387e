import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeBase64url } from "@afterkeep/bytes";
import { generateSigningKey } from "@afterkeep/crypto";
import { signStatement } from "@afterkeep/formats";
import { openStatement } from "@afterkeep/statements";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aPerson, type CliOutcome, type Person } from "../../scripts/stage/person.ts";
import { attempt, keyholderAs, superuserOf } from "./attack/the-operator.ts";
import { type OpenProduct, openProduct, until } from "./story/an-open-product.ts";
import * as outputs from "./story/outputs.ts";

/** Three seconds are a day. */
const factor = 28_800;
const dayMs = 86_400_000;
const aDayMs = dayMs / factor;
const passphrase = "lantern gravel otter midnight 47\n";
const emails = { ada: "ada@example.org", bo: "bo@example.org" };

let folder: string;
let product: OpenProduct;
let ada: Person;
let bo: Person;
let [ivy, jan]: Person[] = [];
let b = "";
let frozenAt = Number.NaN;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "afterkeep-freeze-"));
  const person = (name: string, server: string) => aPerson({ name, folder: join(folder, name), server });
  const keys = await Promise.all(
    ["ivy", "jan"].map(async (name) => {
      const shown = await (await person(name, "http://localhost:1")).run("operator", "key", "--key-file", "key");
      return outputs.operatorKey.parse(shown).publicKey;
    }),
  );
  product = await openProduct({ mode: "demo", factor, environment: { AFTERKEEP_OPERATORS: keys.join(",") } });
  [ada, bo, ivy, jan] = (await Promise.all(["ada", "bo", "ivy", "jan"].map((name) => person(name, product.url)))) as [
    Person,
    Person,
    Person,
    Person,
  ];
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

/** One signs, the other confirms what was handed over. */
async function together(first: Person | undefined, second: Person | undefined, ...args: string[]): Promise<CliOutcome> {
  if (first === undefined || second === undefined) throw new Error("two operators");
  const { order } = outputs.order.parse(await first.run("operator", ...args, "--key-file", "key"));
  const file = await second.keep("order", `${order}\n`);
  return second.attempt("operator", "confirm", "--order-file", file, "--key-file", "key", "--yes");
}

describe("a freeze by two operators, told with the command line", { timeout: 300_000 }, () => {
  it("an owner leaves something to somebody", async () => {
    const secret = await ada.keep("passphrase", passphrase);
    const names = ["--email", emails.ada, "--name", "Ada L.", "--passphrase-file", secret];
    await ada.run("account", "create", ...names, "--totp-secret-file", "totp", "--kit", "kit.txt");
    const link = await ada.keep("verification", await product.link(emails.ada, "verify"));
    await ada.run("account", "verify-email", "--link-file", link);
    const { r } = outputs.recipient.parse(await ada.run("recipient", "invite", "--email", emails.bo, "--name", "Bo"));
    const invitation = await bo.keep("invitation", await product.link(emails.bo, "invite"));
    const theirs = await bo.keep("passphrase", "violet harbour sandwich telescope 9\n");
    const secrets = ["--passphrase-file", theirs, "--key-file", "key"];
    const accepted = await bo.run("recipient", "accept", "--link-file", invitation, ...secrets);
    await ada.run("recipient", "verify", r, "--words", outputs.words.parse(accepted).words.join(" "));
    await ada.keep("will.txt", "The house is yours.\n");
    await ada.run("document", "seal", "will.txt");
    const { documents } = outputs.documents.parse(await ada.run("document", "list"));
    const message = await ada.keep("message", "Dear Bo.\n");
    const times = ["--interval", "8d", "--grace", "1d", "--last-call", "12h"];
    const what = ["--to", r, "--document", ...documents.map(({ doc }) => doc), "--message-file", message];
    const made = await ada.run("bequest", "create", "--title", "For Bo", ...what, ...times);
    b = outputs.bequest.parse(made).b;
    await ada.run("bequest", "arm", b, "--yes");
    outputs.checkedIn.parse(await ada.run("checkin"));
  });

  it("nobody alone freezes it, nor with somebody whose key nobody named", async () => {
    const alone = await together(ivy, ivy, "freeze", "--days", "20");
    expect([alone.exitCode, outputs.failed.parse(alone.json).error.code]).toEqual([3, "statement-operators"]);
    const stranger = await together(
      ivy,
      await withOwnKey(await aPerson({ name: "eve", folder: join(folder, "eve"), server: product.url })),
      "freeze",
      "--days",
      "20",
    );
    expect([stranger.exitCode, outputs.failed.parse(stranger.json).error.code]).toEqual([3, "statement-signature"]);
    expect((await standing()).state).not.toBe("frozen");
  });

  it("two do, while the owner is silent: their status and their check-in say why and until when", async () => {
    await until(async () => ((await standing()).state === "reminding" ? true : null), aDayMs / 2);
    const frozen = await together(ivy, jan, "freeze", "--days", "30");
    expect(outputs.freeze.parse(frozen.json)).toMatchObject({ isFrozen: true, more: 2 });
    const shown = await standing();
    frozenAt = shown.now;
    expect(shown).toMatchObject({ state: "frozen", waitsFor: "operators" });
    expect((shown.frozenUntilMs ?? 0) - shown.now).toBeGreaterThan(25 * dayMs);
    const answer = outputs.checkedIn.parse(await ada.run("checkin"));
    expect(answer.rows.map(({ state }) => state)).toEqual(["frozen"]);
    expect(Math.abs((answer.frozenUntilMs ?? 0) - (shown.frozenUntilMs ?? 0))).toBeLessThan(5 * dayMs);
    expect(outputs.freeze.parse(await bo.run("operator", "status")).isFrozen).toBe(true);
  });

  it("whoever has taken over api, clock and database can neither end it nor order another", async () => {
    const [api, clock] = [await keyholderAs("api", product.data), await keyholderAs("clock", product.data)];
    const { publicKey } = await api.info({});
    const { state } = await api.freezeState({});
    const now = openStatement("freeze-state", state, decodeBase64url(publicKey)).body;
    const { aud, mode, epoch, freeze, challenge } = now;
    const thaw = { aud, mode, epoch, what: "thaw", forMs: 0, freeze, challenge, iat: 0 };
    const [one, two] = [generateSigningKey(), generateSigningKey()];
    const forged = [signStatement("freeze", thaw, one), signStatement("freeze", thaw, two)] as [string, string];
    const half = (await readFile(join(jan?.folder ?? "", "order"), "utf8")).trim();
    const refusals = await Promise.all([
      attempt(api.orderFreeze({ statements: forged })),
      attempt(api.orderFreeze({ statements: [half, half] })),
      attempt(api.orderFreeze({ statements: [half, forged[0]] })),
      attempt(clock.orderFreeze({ statements: forged })),
    ]);
    const codes = refusals.map((one) => (one.ok ? "done" : one.code));
    const signature = "statement-signature";
    expect(codes).toEqual([signature, "statement-operators", signature, "caller-not-allowed"]);
    const pool = await superuserOf(product.data);
    await pool.query("update switch_state set state = 'armed', revision = 0, look_at = 0");
    await pool.end();
    expect((await standing()).state).toBe("frozen");
    await Promise.all([api.close(), clock.close()]);
  });

  it("nothing is released however long the owner stays away", async () => {
    await until(async () => ((await standing()).now > frozenAt + 13 * dayMs ? true : null), aDayMs);
    expect(await standing()).toMatchObject({ state: "frozen", earliestMs: expect.any(Number) });
    const early = await bo.attempt("release", "open", b);
    expect(early.exitCode).toBe(3);
    expect((await product.mails(emails.bo)).some(({ text }) => text.includes("/open#"))).toBe(false);
  });

  it("two end it, and then the whole silence is counted before anything opens", async () => {
    // Why before: a status that comes late would take from the silence what had passed of it.
    const frozenStill = (await standing()).now;
    const over = await together(jan, ivy, "thaw");
    expect(outputs.freeze.parse(over.json)).toMatchObject({ isFrozen: false, untilMs: null });
    await bo.keep("release", await product.link(emails.bo, "open"));
    expect((await standing()).now - frozenStill).toBeGreaterThan(9.5 * dayMs);
    await bo.run("release", "open", b, "--link-file", "release", "--out", "all");
    expect(await readFile(join(bo.folder, "all/will.txt"), "utf8")).toBe("The house is yours.\n");
  });

  it("and the log has a leaf of each", async () => {
    const pool = await superuserOf(product.data);
    const count = async () => {
      const { rows } = await pool.query<{ action: string }>(
        "select convert_from(leaf, 'utf8')::json ->> 'action' as action from audit_leaf where tenant is null order by id",
      );
      return rows.map(({ action }) => action).filter((action) => action.startsWith("keyholder."));
    };
    expect(await count()).toEqual(["keyholder.frozen", "keyholder.thawed"]);
    await pool.end();
  });
});

/** Somebody who made a key that nobody named in the settings. */
async function withOwnKey(person: Person): Promise<Person> {
  await person.run("operator", "key", "--key-file", "own-key");
  await person.keep("key", await readFile(join(person.folder, "own-key")));
  return person;
}
