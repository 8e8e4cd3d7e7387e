import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { decodeBase64url, encodeBase64url } from "@afterkeep/bytes";
import { keyholderContract } from "@afterkeep/contracts";
import { generateIdentity, openProofChallenge, parseHybridRecipient, recipientOf } from "@afterkeep/formats";
import { statementKindOf } from "@afterkeep/statements";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { rememberedBy } from "./attack/a-device.ts";
import { beginSiege, secretNote, type Siege } from "./attack/a-siege.ts";
import { damageRecord } from "./attack/damage-record.ts";
import { AttackersAccount, bodyOf, freshId, randomHash, withBody } from "./attack/an-attackers-account.ts";
import { callWhatDoesNotExist, everyCall } from "./attack/every-call.ts";
import {
  forgeLink,
  forgeRelease,
  forgeReleaseMail,
  rewriteStatements,
  swapRecipientKey,
} from "./attack/forged-rows.ts";
import { attacker, forgedStatements, hurried } from "./attack/forged-statements.ts";
import { openEverything } from "./attack/loot.ts";
import { attempt } from "./attack/the-operator.ts";

const closing: (() => Promise<unknown>)[] = [];
let siege: Siege;

beforeAll(async () => void (siege = await beginSiege(closing)));
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

describe("the keyholder says no", () => {
  // Why every time: the attacks must meet a switch that is not due, however slow the machine is.
  beforeEach(async () => void (await siege.clara.device().checkIn()));

  it("to a database in which everything was released, with forged decisions, links and mails", async () => {
    const { product, pool, ada, adas, bens } = siege;
    await forgeRelease(pool, bens, attacker);
    const decision = await forgeRelease(pool, adas, attacker);
    const token = await forgeReleaseMail(product.data, pool, adas, ada.email, decision);
    expect((await ada.device().openInvitation(token)).releases).toEqual([]);
    expect(await siege.askAsRecipient(ada, adas.b)).toEqual([]);
    const link = await ada.keep("forged-link", token);
    expect((await ada.attempt("release", "open", adas.b, "--link-file", link, "--out", "stolen")).exitCode).toBe(3);
    expect(await siege.askForGrants([adas, bens])).toEqual([]);
    expect(await siege.decided()).toEqual([]);
  });

  it("to another key in a recipient's row: nothing is sealed to it, and the owner is told", async () => {
    const { pool, clara, ada, adas } = siege;
    const restore = await swapRecipientKey(pool, adas, await recipientOf(await generateIdentity("hybrid")));
    expect(await siege.askForGrants([adas])).toEqual([]);
    expect(await siege.askAsRecipient(ada, adas.b)).toEqual([]);
    const told = [
      await clara.attempt("recipient", "words", ada.r),
      await clara.attempt("bequest", "arm", adas.b, "--yes"),
    ];
    await restore();
    const refusal = { exitCode: 3, json: { error: { code: "recipient-key-changed" } } };
    expect(told).toMatchObject([refusal, refusal]);
    expect(await siege.decided()).toEqual([]);
  });

  it("to statements that nobody signed, in the database and handed in by the api", async () => {
    const { pool, clara, api, adas } = siege;
    const before = await siege.switchOf(adas.b);
    for (const kind of ["key", "policy", "pin"]) {
      const restore = await rewriteStatements(pool, clara.account, kind, (jws) => withBody(jws, hurried(jws)));
      expect(await siege.askForGrants([adas])).toEqual([]);
      const { exitCode } = await clara.attempt("checkin");
      await restore();
      expect([kind, exitCode]).toEqual([kind, 3]);
    }
    for (const [name, request] of await forgedStatements(siege))
      expect([name, (await siege.heard(api.submit(request))).ok]).toEqual([name, false]);
    // A replay is no attack: the same statement gets the same receipt and moves nothing.
    for (const statement of siege.chain()) await siege.heard(api.submit({ kind: controlKind(statement), statement }));
    const after = await siege.switchOf(adas.b);
    expect([after.policyHash, after.g]).toEqual([before.policyHash, before.g]);
    expect(await siege.askForGrants([adas])).toEqual([]);
    expect(await siege.decided()).toEqual([]);
  });

  it("to every call that api and clock can make, and to calls that do not exist", async () => {
    const [asked, given] = [new Set<string>(), new Set<string>()];
    for (const name of ["api", "clock"] as const) {
      for (const [method, call] of await everyCall(siege)) {
        asked.add(method);
        const outcome = await siege.heard(call(siege[name]));
        if (outcome.ok) given.add(`${name}: ${method}`);
        const isAllowed = keyholderContract[method].callers.some((one) => one === name);
        if (!isAllowed) expect([method, outcome]).toEqual([method, { ok: false, code: "caller-not-allowed" }]);
      }
    }
    expect([...asked].sort()).toEqual(Object.keys(keyholderContract).sort());
    expect([...given].filter((one) => /prove|grant|submit$|deposit$/.test(one))).toEqual([]);
    // So that the refusals above are not those of a closed door.
    expect([...given]).toEqual(expect.arrayContaining(["api: depositKey", "api: submitToken", "clock: mintToken"]));
    expect(await callWhatDoesNotExist(siege)).toEqual([]);
    expect(await siege.decided()).toEqual([]);
  });

  it("to a check-in for a bequest whose record it cannot read, and only for that one", async () => {
    const { product, clara, adas, bens } = siege;
    const mend = damageRecord(join(product.data, "keyholder"), adas.b);
    const { exitCode, json } = await clara.attempt("checkin");
    expect((await clara.attempt("status")).json).toMatchObject({ unheard: [{ b: adas.b }], switches: [{ b: bens.b }] });
    mend();
    expect([exitCode, json]).toMatchObject([0, { unheard: [{ b: adas.b }], rows: [{ b: bens.b }] }]);
    expect(await siege.switchOf(adas.b)).toMatchObject({ state: "held" });
    expect(await clara.attempt("checkin")).toMatchObject({ exitCode: 0, json: { unheard: [] } });
  });

  it("to reminders that the clock zone only claims: not a day sooner", async () => {
    const { clock, adas } = siege;
    const before = await siege.switchOf(adas.b);
    const { account, b } = adas;
    for (const phase of ["reminding", "grace", "gap"] as const)
      for (let index = 0; index < 16; index++)
        await siege.heard(clock.reminderAccepted({ account, b, lastSign: before.lastSign, phase, index }));
    const after = await siege.switchOf(adas.b);
    expect(after.earliestWallMs).toBeGreaterThanOrEqual(before.earliestWallMs);
    expect(await siege.askForGrants([adas])).toEqual([]);
    expect(await siege.decided()).toEqual([]);
  });

  it("to a share moved under another's policy, replaced, or given another door", async () => {
    const { api, ada, ben, adas, bens } = siege;
    const other = await new AttackersAccount(api, decodeBase64url((await api.info({})).publicKey)).begin();
    const thiefKey = parseHybridRecipient(await recipientOf(await generateIdentity("hybrid")));
    const pin = await other.pin(ada.r, thiefKey);
    const own = { ...adas, account: other.account };
    const claras = siege.deposits().find(({ b }) => b === adas.b);
    const { sealed = "", outer = "", path = "" } = claras ?? {};
    // As it was sealed, under the attacker's account and pin; then in her own place with another door before it.
    for (const place of [own, { ...own, b: freshId() }])
      expect((await siege.heard(api.deposit({ ...place, g: 1, sealed, outer, path }))).ok).toBe(false);
    const otherDoor = api.deposit({ ...adas, g: 1, sealed, outer: path, path: outer });
    expect(await siege.heard(otherDoor)).toEqual({ ok: false, code: "deposit-conflict" });
    // A share of the attacker's in the place that Clara's policy names.
    const adaKey = parseHybridRecipient(await recipientOf(await siege.identityOf(ada)));
    const ownerThumb = decodeBase64url((await rememberedBy(siege.clara)).profile.ownerThumb);
    const replacement = await other.sealedShare({ ...adas, g: 1 }, adaKey, ownerThumb);
    const replaced = api.deposit({ ...adas, g: 1, sealed: replacement, outer, path });
    expect(await siege.heard(replaced)).toEqual({ ok: false, code: "slot-bound" });
    // Their own share in their own place is theirs; a policy of theirs that names Clara's is not.
    const mine = await other.sealedShare({ ...own, g: 1 }, thiefKey, other.ownerThumb);
    expect((await siege.heard(api.deposit({ ...own, g: 1, sealed: mine, outer, path }))).ok).toBe(true);
    await other.submit("manifest", { b: own.b, g: 1, mseq: 1, manifestHash: randomHash() });
    const policies = siege.chain().filter((jws) => statementKindOf(jws) === "policy");
    for (const { recipients, ...body } of policies.map((jws) => bodyOf(jws, "policy"))) {
      const named = recipients.map((one) => ({ ...one, r: ada.r, pin }));
      const moved = other.submit("policy", { ...body, b: own.b, g: 1, recipients: named });
      expect(await attempt(moved)).toEqual({ ok: false, code: "slot-differs" });
    }
    expect(await siege.askForGrants([adas, bens, own, { ...adas, r: ben.r }, { ...bens, r: ada.r }])).toEqual([]);
    expect(await siege.decided()).toEqual([]);
  });

  it("so with every byte outside the keyholder's folder and both recipients' keys, nothing opens", async () => {
    const [loot, doors] = [await siege.collectLoot(), await siege.doors()];
    expect([loot.secrets.size > 100, loot.files.size > 10, doors.length]).toEqual([true, true, 2]);
    const own = [
      await siege.identityOf(siege.ada),
      await siege.identityOf(siege.ben),
      await generateIdentity("hybrid"),
    ];
    expect(await openEverything(loot, doors, own)).toEqual({ files: 0, doors: [], identities: [] });
    expect(await siege.decided()).toEqual([]);
  });
});

describe("the keyholder says yes", () => {
  it("when its own record allows it, not before, to the owner's recipient alone; then the same attack opens", async () => {
    const { api, clara, ada, ben, adas, bens } = siege;
    const { rows } = await clara.device().checkIn();
    const { decisionId, challenge } = await firstProof(rows.find(({ b }) => b === adas.b)?.earliestMs ?? Infinity);
    expect(await siege.askForGrants([bens, { ...adas, r: ben.r }])).toEqual([]);
    const guessed = api.grant({ ...adas, decisionId, nonce: randomHash() });
    expect(await siege.heard(guessed)).toEqual({ ok: false, code: "proof-wrong" });
    const own = [await siege.identityOf(ada), await siege.identityOf(ben)];
    await expect(openProofChallenge(await siege.identityOf(ben), decodeBase64url(challenge))).rejects.toThrow();
    expect((await openEverything(await siege.collectLoot(), await siege.doors(), own)).doors).toEqual([]);
    const { nonce } = await openProofChallenge(await siege.identityOf(ada), decodeBase64url(challenge));
    const granted = await siege.heard(api.grant({ ...adas, decisionId, nonce: encodeBase64url(nonce) }));
    expect(granted.ok).toBe(true);
    const opened = await openEverything(await siege.collectLoot(), await siege.doors(), own);
    expect(opened.doors.map(({ b, r }) => [b, r])).toEqual([[adas.b, ada.r]]);
    expect([opened.files > 2, opened.identities.length]).toEqual([true, 1]);
  });

  it("and she gets her documents, while the other bequest stays shut", async () => {
    const { pool, ada, ben, adas, bens } = siege;
    await ada.device().openInvitation(await forgeLink(pool, adas));
    const { message, files } = await ada.run("release", "open", adas.b, "--out", "received");
    expect([message, (files as unknown[]).length]).toEqual(["For Ada.\n", 2]);
    expect(await readFile(join(ada.folder, "received/keys"), "utf8")).toBe(secretNote);
    expect(await siege.askAsRecipient(ben, bens.b)).toEqual([]);
    expect(await siege.askForGrants([bens])).toEqual([]);
  });
});

/** Waits for the first proof that is given out, hurrying all the time, and expects it no sooner than the receipt said. */
async function firstProof(earliestMs: number): Promise<{ decisionId: string; challenge: string }> {
  const { api, clock, adas } = siege;
  for (;;) {
    const { lastSign, remindersDue } = await siege.switchOf(adas.b);
    for (const due of remindersDue)
      await siege.heard(clock.reminderAccepted({ account: adas.account, b: adas.b, lastSign, ...due }));
    expect(await siege.askForGrants([adas], [clock])).toEqual([]);
    const outcome = await siege.heard(api.prove(adas));
    const { nowWallMs } = await api.switches({ account: adas.account });
    if (outcome.ok) {
      expect(nowWallMs).toBeGreaterThanOrEqual(earliestMs);
      return z.strictObject({ decisionId: z.string(), challenge: z.string() }).parse(outcome.answer);
    }
    expect(outcome.code).toBe("not-granted");
    await wait(200);
  }
}

function controlKind(jws: string): "key" | "pin" | "policy" | "manifest" {
  return z.enum(["key", "pin", "policy", "manifest"]).parse(statementKindOf(jws));
}
