import { encodeBase64url, randomBytes } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { armed, deposited, type Generation, policyOf } from "../testing/a-bequest.ts";
import { dayMs, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson, type Owner, randomHash } from "../testing/an-owner.ts";
import { fetchShare, silence, switchOf } from "../testing/a-silence.ts";

const shorter = { interval: 2 * dayMs, reminders: [dayMs], grace: dayMs, lastCall: dayMs / 2 };
const longer = {
  interval: 60 * dayMs,
  reminders: [20, 30, 40].map((days) => days * dayMs),
  grace: 30 * dayMs,
  lastCall: 5 * dayMs,
};

async function sign(owner: Owner, generation: Generation, over: Parameters<typeof policyOf>[2] = {}): Promise<string> {
  return owner.signAndSubmit("policy", policyOf(owner, generation, over));
}

describe("binding a policy", () => {
  it("refuses one that names a share which is not here, or another one", () =>
    withKeyholder(async (test) => {
      const [owner, person, stranger] = [await anOwner(test), await aPerson(), await aPerson()];
      const generation = await deposited(owner, [person]);
      const { imported } = generation.parts[0] ?? expect.fail();
      for (const field of ["outerHash", "shareCommit", "pathHash"] as const) {
        const parts = generation.parts.map((part) => ({ ...part, imported: { ...imported, [field]: randomHash() } }));
        await expect(sign(owner, { ...generation, parts }), field).rejects.toThrow("slot-differs");
      }
      const pin = await owner.pin(stranger);
      const parts = [{ ...(generation.parts[0] ?? expect.fail()), imported: { ...imported, r: stranger.r } }];
      await expect(sign(owner, { ...generation, pins: [pin], parts })).rejects.toThrow("slot-missing");
      await sign(owner, generation);
    }));

  it("refuses one whose recipient's key was swapped after the deposit", () =>
    withKeyholder(async (test) => {
      const [owner, person, thief] = [await anOwner(test), await aPerson(), await aPerson()];
      const generation = await deposited(owner, [person]);
      const pin = await owner.pin({ r: person.r, ageKey: thief.ageKey });
      await expect(sign(owner, { ...generation, pins: [pin] })).rejects.toThrow("slot-differs");
      await expect(sign(owner, generation)).rejects.toThrow("statement-pin-superseded");
    }));

  it("refuses another account's policy over somebody's share, and over their own with the other's hashes", () =>
    withKeyholder(async (test) => {
      const [owner, thief, person] = [await anOwner(test), await anOwner(test), await aPerson()];
      const victim = await armed(owner, [person]);
      const pins = [await thief.pin(person)];
      await expect(sign(thief, { ...victim, pins })).rejects.toThrow("slot-missing");
      const own = await deposited(thief, [person], { b: victim.b });
      await expect(sign(thief, { ...own, parts: victim.parts })).rejects.toThrow("slot-differs");
      expect((await switchOf(owner, victim.b)).policyHash).toBe(victim.policyHash);
    }));

  it("refuses one without a manifest or with an address that was not deposited", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const generation = await deposited(owner, [person]);
      await expect(sign(owner, { ...generation, contact: randomHash() })).rejects.toThrow("contact-missing");
      await expect(sign(owner, { ...generation, g: 2 })).rejects.toThrow("slot-missing");
    }));

  it("refuses what this version does not have, and times outside the limits", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const generation = await deposited(owner, [person]);
      await expect(sign(owner, generation, { times: { ...shorter, interval: dayMs / 2 } })).rejects.toThrow();
      await expect(sign(owner, generation, { keyholders: [randomHash()] })).rejects.toThrow();
      await expect(sign(owner, generation, { classes: ["token"] })).rejects.toThrow();
    }));

  it("gives nothing within seven attended days of the first arming, however short the times", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const { b } = await armed(owner, [person], { times: shorter, weakMax: 0 });
      await silence(test, 6.5 * dayMs);
      expect(await switchOf(owner, b)).toMatchObject({ state: "lastCall", waitsFor: "first-arming" });
      await expect(fetchShare(owner, b, person)).rejects.toThrow("not-granted");
      await silence(test, dayMs);
      await fetchShare(owner, b, person);
    }));

  it("binds what tightens at once", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const generation = await armed(owner, [person]);
      const next = await sign(owner, generation, { times: longer });
      expect(await switchOf(owner, generation.b)).toMatchObject({ policyHash: next, left: 95 * dayMs });
    }));

  it("lets what loosens cool for seven attended days, and nothing is released by it before", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const generation = await armed(owner, [person]);
      await test.pass(10 * dayMs);
      const next = await sign(owner, generation, { times: shorter, weakMax: 0 });
      const receipt = await owner.checkIn();
      expect(receipt.pending.loosenings).toEqual([{ b: generation.b, policyHash: next, left: 7 * dayMs }]);
      expect(receipt.rows[0]?.policyHash).toBe(generation.policyHash);
      await silence(test, 6.75 * dayMs);
      expect((await switchOf(owner, generation.b)).policyHash).toBe(generation.policyHash);
      await expect(fetchShare(owner, generation.b, person)).rejects.toThrow("not-granted");
      await silence(test, 0.5 * dayMs);
      expect((await switchOf(owner, generation.b)).policyHash).toBe(next);
      await silence(test, 2 * dayMs);
      await fetchShare(owner, generation.b, person);
    }));

  it("measures a re-arming against the last bound policy, so that disarming is no way around the cooling", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const generation = await armed(owner, [person]);
      await test.pass(10 * dayMs);
      await owner.submit("disarm", await owner.signDisarm(generation.b, generation.policyHash));
      expect((await switchOf(owner, generation.b)).state).toBe("disarmed");
      await sign(owner, generation, { times: shorter, weakMax: 0 });
      await silence(test, 6.75 * dayMs);
      expect((await switchOf(owner, generation.b)).policyHash).toBe(generation.policyHash);
      await expect(fetchShare(owner, generation.b, person)).rejects.toThrow("not-granted");
    }));

  it("drops a cooling policy when the owner disarms, and never binds it later", () =>
    withKeyholder(async (test) => {
      const [owner, person] = [await anOwner(test), await aPerson()];
      const generation = await armed(owner, [person]);
      await test.pass(10 * dayMs);
      const loose = await sign(owner, generation, { times: shorter, weakMax: 0 });
      await owner.submit("disarm", await owner.signDisarm(generation.b, loose));
      await silence(test, 60 * dayMs);
      expect(await switchOf(owner, generation.b)).toMatchObject({
        state: "disarmed",
        policyHash: generation.policyHash,
      });
      await expect(fetchShare(owner, generation.b, person)).rejects.toThrow("not-granted");
    }));

  it("accepts a disarm at an earlier head, and for the whole account", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const [one, other] = [await armed(owner, [await aPerson()]), await armed(owner, [await aPerson()])];
      const early = await owner.signDisarm(one.b, one.policyHash);
      await owner.pin(await aPerson());
      await owner.submit("disarm", early);
      expect((await switchOf(owner, one.b)).state).toBe("disarmed");
      expect((await switchOf(owner, other.b)).state).toBe("armed");
      await owner.submit("disarm", await owner.signDisarm("", ""));
      expect((await switchOf(owner, other.b)).state).toBe("disarmed");
      expect((await owner.checkIn()).rows.map(({ earliest }) => earliest.silence)).toEqual([0, 0]);
    }));

  it("destroys the shares of the old generation when a new one is bound, and not before", () =>
    withKeyholder(async (test) => {
      const [owner, person, leaving] = [await anOwner(test), await aPerson(), await aPerson()];
      const first = await armed(owner, [person, leaving]);
      const second = await deposited(owner, [person], { b: first.b, g: 2, contact: first.contact });
      const kept = await readStored(test.folder);
      expect(kept.map(({ g, hasShare }) => [g, hasShare])).toEqual([
        [1, 1],
        [1, 1],
        [2, 1],
      ]);
      await sign(owner, second);
      const left = await readStored(test.folder);
      expect(left.map(({ g, hasShare }) => [g, hasShare])).toEqual([
        [1, 0],
        [1, 0],
        [2, 1],
      ]);
      const older = { ...first, pins: [second.pins[0] ?? "", first.pins[1] ?? ""] };
      await expect(sign(owner, older)).rejects.toThrow("statement-generation");
      await silence(test, 50 * dayMs);
      await fetchShare(owner, first.b, person);
      await expect(fetchShare(owner, first.b, leaving)).rejects.toThrow("not-granted");
    }));

  it("refuses a second manifest that is not newer", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await deposited(owner, [await aPerson()]);
      const manifestHash = encodeBase64url(randomBytes(32));
      const stale = owner.signAndSubmit("manifest", (fields) => ({ ...fields, b, g: 1, mseq: 1, manifestHash }));
      await expect(stale).rejects.toThrow("statement-mseq");
    }));
});

async function readStored(folder: string) {
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(`${folder}/keyholder.sqlite`, { readOnly: true });
  const rows = database.prepare("select g, share is not null as hasShare from slot order by g, r").all();
  database.close();
  return rows;
}
