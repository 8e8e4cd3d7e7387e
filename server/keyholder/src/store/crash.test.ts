import { encodeBase64url } from "@afterkeep/bytes";
import { generateSigningKey } from "@afterkeep/crypto";
import { describe, expect, it } from "vitest";
import { deposited, policyOf } from "../testing/a-bequest.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson, type Owner } from "../testing/an-owner.ts";
import { fetchShare, remindAll, silence, switchOf } from "../testing/a-silence.ts";
import type { CommitStep } from "./store.ts";

const asApi = { caller: "api", requestId: "test" } as const;
const steps = ["begun", "written", "committed", "marked"] as const satisfies CommitStep[];

/** Ends the process at `step` of the commit after the next `skip` ones, then starts it again. */
async function crashAt(
  test: TestKeyholder,
  step: CommitStep,
  skip: number,
  work: () => Promise<unknown>,
): Promise<void> {
  let seen = 0;
  let isDead = false;
  test.onCommitStep = (reached) => {
    if (isDead) throw new Error("dead");
    if (reached === step && seen++ === skip) {
      isDead = true;
      throw new Error("crash");
    }
  };
  await work().catch(() => {});
  expect(isDead, `reached ${step}`).toBe(true);
  test.onCommitStep = () => {};
  await test.restart();
}

async function headOf(owner: Owner): Promise<number> {
  return (await owner.challenge("checkin")).head.seq;
}

describe("a crash between any two steps of a commit", () => {
  it.each(steps)("at '%s' leaves a check-in either unheard or heard with its receipt", (step) =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armedNow(owner);
      const before = (await switchOf(owner, b)).lastSign;
      await test.pass(5 * dayMs);
      const statement = await owner.signCheckIn();
      await crashAt(test, step, 0, () => owner.submit("checkin", statement));
      const isHeard = (await switchOf(owner, b)).lastSign !== before;
      expect(isHeard).toBe(step === "committed" || step === "marked");
      if (isHeard)
        expect((await owner.submit("checkin", statement)).statement).toBe((await switchOf(owner, b)).lastSign);
      else await expect(owner.submit("checkin", statement)).rejects.toThrow("challenge-invalid");
      expect((await owner.checkIn()).rows[0]?.used).toBe(0);
      expect((await owner.handlers.info({}, asApi)).epoch).toBe(1);
    }),
  );

  it.each(steps)("at '%s' leaves a delegate's check-in either unheard or heard with its receipt", (step) =>
    withKeyholder(async (test) => {
      const [owner, job] = [await anOwner(test), generateSigningKey()];
      const generation = await deposited(owner, [await aPerson()]);
      await owner.signAndSubmit("policy", policyOf(owner, generation, { classes: ["signed", "delegated"] }));
      await owner.certifyDelegate(job);
      const before = (await switchOf(owner, generation.b)).lastSign;
      await test.pass(5 * dayMs);
      const statement = await owner.signAsDelegate(job);
      await crashAt(test, step, 0, () => owner.submit("checkin", statement));
      const { lastSign } = await switchOf(owner, generation.b);
      const isHeard = lastSign !== before;
      expect(isHeard).toBe(step === "committed" || step === "marked");
      if (isHeard) expect((await owner.submit("checkin", statement)).statement).toBe(lastSign);
      else await expect(owner.submit("checkin", statement)).rejects.toThrow("challenge-invalid");
      expect((await owner.submit("checkin", await owner.signAsDelegate(job))).weak?.class).toBe("delegated");
    }),
  );

  it.each(steps)("at '%s' leaves a delegate either uncertified or certified, with its place in the chain", (step) =>
    withKeyholder(async (test) => {
      const [owner, job] = [await anOwner(test), generateSigningKey()];
      const key = encodeBase64url(job.publicKey);
      const statement = await owner.signControl("delegate", (fields) => ({ ...fields, key }));
      await crashAt(test, step, 1, () => owner.submit("delegate", statement));
      const isKnown = step === "committed" || step === "marked";
      expect(await headOf(owner)).toBe(isKnown ? owner.head.seq + 1 : owner.head.seq);
      if (isKnown) await owner.submit("delegate", statement);
      else await owner.certifyDelegate(job);
      await owner.delegateChallenge(job);
    }),
  );

  it.each(steps)("at '%s' leaves a policy either unknown or bound, with its place in the chain", (step) =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const generation = await deposited(owner, [await aPerson()]);
      const policy = await owner.signControl("policy", policyOf(owner, generation));
      await crashAt(test, step, 1, () => owner.submit("policy", policy));
      const items = (await owner.handlers.switches({ account: owner.account }, asApi)).items;
      const isBound = step === "committed" || step === "marked";
      expect(items.length).toBe(isBound ? 1 : 0);
      expect(await headOf(owner)).toBe(isBound ? owner.head.seq + 1 : owner.head.seq);
      if (isBound) await owner.submit("policy", policy);
      else await owner.signAndSubmit("policy", policyOf(owner, generation));
      expect((await switchOf(owner, generation.b)).state).toBe("armed");
    }),
  );

  it.each(steps)("at '%s' leaves a decision either unmade or made with its signed release", (step) =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b, person } = await armedNow(owner);
      await silence(test, 46.75 * dayMs);
      while ((await switchOf(owner, b)).left > dayMs / 4) await silence(test, dayMs / 4);
      test.clock.advance(dayMs / 4);
      await crashAt(test, step, 1, async () => {
        await test.keyholder.tick();
        if (test.errors.length > 0) throw test.errors.pop();
      });
      test.errors.length = 0;
      const { release, state } = await switchOf(owner, b);
      expect(state !== "lastCall").toBe(release !== "");
      await silence(test, dayMs);
      await fetchShare(owner, b, person);
      if (release !== "") expect((await switchOf(owner, b)).release).toBe(release);
    }),
  );

  it.each(steps)("at '%s' leaves a fetch either unwritten or written, and the share to be had again", (step) =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b, person } = await armedNow(owner);
      await silence(test, 48 * dayMs);
      await crashAt(test, step, 0, () => fetchShare(owner, b, person));
      const stage = (await switchOf(owner, b)).slots[0]?.stage;
      expect(stage).toBe(step === "committed" || step === "marked" ? "fetched" : "granted");
      await fetchShare(owner, b, person);
      expect((await switchOf(owner, b)).slots[0]?.stage).toBe("fetched");
    }),
  );

  it.each(steps)("at '%s' of a return never leaves a share that is both withdrawn and fetchable", (step) =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b, person } = await armedNow(owner);
      await silence(test, 48 * dayMs);
      const statement = await owner.signCheckIn();
      await crashAt(test, step, 0, () => owner.submit("checkin", statement));
      const [slot] = (await switchOf(owner, b)).slots;
      expect(slot?.withdrawn !== "").toBe(slot?.stage === "withdrawn");
      if (slot?.stage === "withdrawn") await expect(fetchShare(owner, b, person)).rejects.toThrow("not-granted");
      else await fetchShare(owner, b, person);
    }),
  );

  it("never forks a chain when only the mark could not be written and the process lives on", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const people = [await aPerson(), await aPerson()];
      const sign = (r: string, ageKey: string) =>
        owner.signControl("pin", (fields) => ({
          ...fields,
          r,
          ageKey,
          signingKey: "",
          verified: "words",
          contact: owner.audience,
        }));
      const [one, other] = [
        await sign(people[0]?.r ?? "", people[0]?.ageKey ?? ""),
        await sign(people[1]?.r ?? "", people[1]?.ageKey ?? ""),
      ];
      let seen = 0;
      test.onCommitStep = (step) => {
        if (step === "committed" && seen++ === 1) throw new Error("disk full");
      };
      await expect(owner.submit("pin", one)).rejects.toThrow("disk full");
      test.onCommitStep = () => {};
      await expect(owner.submit("pin", other)).rejects.toThrow("head-stale");
      expect((await owner.submit("pin", one)).head.seq).toBe(1);
      await test.restart();
      expect(await headOf(owner)).toBe(1);
    }));

  it("of an accepted last call sends it again rather than assuming it", () =>
    withKeyholder(async (test) => {
      const owner = await anOwner(test);
      const { b } = await armedNow(owner);
      test.mail.isDown = true;
      await silence(test, 45 * dayMs);
      test.mail.isDown = false;
      await test.pass(0);
      test.clock.advance(dayMs / 4);
      await test.keyholder.tick();
      test.mail.onMail = () => {
        test.onCommitStep = () => {
          throw new Error("crash");
        };
      };
      await test.keyholder.callOwners();
      expect(test.mail.mails.length).toBe(1);
      test.onCommitStep = () => {};
      test.mail.onMail = () => {};
      await test.restart();
      expect((await switchOf(owner, b)).lastCall).toBe("due");
      await silence(test, 0.5 * dayMs);
      await remindAll(test);
      expect(test.mail.mails.length).toBe(2);
      expect((await switchOf(owner, b)).lastCall).toBe("accepted");
    }));
});

async function armedNow(owner: Owner) {
  const person = await aPerson();
  const generation = await deposited(owner, [person]);
  await owner.signAndSubmit("policy", policyOf(owner, generation));
  return { b: generation.b, person };
}
