import { generateSigningKey } from "@afterkeep/crypto";
import { describe, expect, it } from "vitest";
import { armed, policyOf } from "../testing/a-bequest.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson, type Owner, randomHash } from "../testing/an-owner.ts";
import { fetchShare, silence, switchOf } from "../testing/a-silence.ts";

const asApi = { caller: "api", requestId: "test" } as const;

/** What a copy of the chain outside the keyholder holds. */
async function copyOf({ handlers, account }: Owner) {
  const { statements } = await handlers.statements({ account, from: 0, limit: 500 }, asApi);
  return statements.map(({ statement, receipt }) => ({ statement, receipt }));
}

async function giveBack({ handlers, account }: Owner, statements: Awaited<ReturnType<typeof copyOf>>) {
  return handlers.importStatements({ account, statements }, asApi);
}

/** An armed bequest; then `lose` happens, and the store is put back to before it. Answers with the copy that remembers. */
async function restoredAfter(test: TestKeyholder, lose: (owner: Owner, bequest: Bequest) => Promise<unknown>) {
  const owner = await anOwner(test);
  const bequest = await armed(owner, [await aPerson()]);
  const backup = await test.backUp();
  await lose(owner, bequest);
  const [copy, head] = [await copyOf(owner), owner.head];
  await test.restoreStore(backup);
  return { owner, bequest, copy, head };
}
type Bequest = Awaited<ReturnType<typeof armed>>;

describe("statements that a restored store lost", () => {
  it("are taken back with their receipts, and the owner's chain goes on", () =>
    withKeyholder(async (test) => {
      const { owner, bequest, copy, head } = await restoredAfter(test, async (lost, { b }) => {
        await lost.pin(await aPerson());
        await lost.signAndSubmit("manifest", (all) => ({ ...all, b, g: 1, mseq: 2, manifestHash: randomHash() }));
      });
      await expect(owner.pin(await aPerson())).rejects.toThrow("head-stale");
      expect(await giveBack(owner, copy)).toEqual({ imported: 2, head });
      expect(await copyOf(owner)).toEqual(copy);
      const steps: string[] = [];
      test.onCommitStep = (step) => steps.push(step);
      expect(await giveBack(owner, copy)).toEqual({ imported: 0, head });
      expect(steps, "an api that gives everything back must not ask the disk for each account").toEqual([]);
      await test.restart();
      const receipt = await owner.checkIn();
      expect(receipt).toMatchObject({ head, rows: [{ b: bequest.b, state: "armed", used: 0 }] });
      await owner.pin(await aPerson());
      expect(owner.head.seq).toBe(head.seq + 1);
    }));

  it("are no sign of life: what is held stays held, and what was silent stays silent", () =>
    withKeyholder(async (test) => {
      const { owner, bequest, copy } = await restoredAfter(test, async (lost) => lost.pin(await aPerson()));
      await silence(test, 10 * dayMs);
      const before = await switchOf(owner, bequest.b);
      await giveBack(owner, copy);
      expect(await switchOf(owner, bequest.b)).toEqual(before);
      expect(before).toMatchObject({ state: "held", used: 10 * dayMs });
    }));

  it("arm nothing, but a disarm among them is obeyed", () =>
    withKeyholder(async (test) => {
      const policy = await restoredAfter(test, (lost, bequest) =>
        lost.signAndSubmit("policy", policyOf(lost, bequest, { unreachableExtra: 90 * dayMs })),
      );
      await giveBack(policy.owner, policy.copy);
      const { policyHash } = policy.bequest;
      expect(await switchOf(policy.owner, policy.bequest.b)).toMatchObject({ state: "held", policyHash });
      const disarm = await restoredAfter(test, async (lost, { b, policyHash: hash }) =>
        lost.submit("disarm", await lost.signDisarm(b, hash)),
      );
      await giveBack(disarm.owner, disarm.copy);
      expect((await switchOf(disarm.owner, disarm.bequest.b)).state).toBe("disarmed");
    }));

  it("may revoke a device or refuse a request: neither keeps the others out, nor ends a pause that was lost with it", () =>
    withKeyholder(async (test) => {
      const { owner, bequest, copy } = await restoredAfter(test, async (lost, { b, policyHash }) => {
        await lost.pause(b, policyHash, 300 * dayMs);
        await lost.submit("revoke-device", await lost.signRevoke(generateSigningKey()));
        await lost.submit("refuse", await lost.signRefuse(b, policyHash));
        expect((await switchOf(lost, b)).state).toBe("paused");
      });
      expect(await giveBack(owner, copy)).toMatchObject({ imported: 3 });
      await silence(test, 200 * dayMs);
      expect((await switchOf(owner, bequest.b)).state).toBe("paused");
    }));

  it("hold a pause that comes back when a decision was made without it: nothing is given while it lasts", () =>
    withKeyholder(async (test) => {
      const person = await aPerson();
      const owner = await anOwner(test);
      const { b, policyHash } = await armed(owner, [person]);
      const backup = await test.backUp();
      await owner.pause(b, policyHash, 365 * dayMs);
      const copy = await copyOf(owner);
      await test.restoreStore(backup);
      await silence(test, 200 * dayMs);
      expect((await switchOf(owner, b)).state).toBe("released");
      await giveBack(owner, copy);
      expect((await switchOf(owner, b)).state).toBe("paused");
      await expect(fetchShare(owner, b, person)).rejects.toThrow("not-granted");
    }));

  it("come without a receipt of this keyholder for exactly them: then they are refused, all together", () =>
    withKeyholder(async (test) => {
      const { owner, bequest, copy } = await restoredAfter(test, async (lost) => {
        await lost.pin(await aPerson());
        await lost.pin(await aPerson());
      });
      const [one, other] = copy.slice(-2);
      if (one === undefined || other === undefined) throw new Error("nothing was lost");
      await expect(giveBack(owner, [{ ...one, receipt: other.receipt }])).rejects.toThrow("statement-mismatch");
      await expect(giveBack(owner, [{ ...one, receipt: one.statement }])).rejects.toThrow(/statement-/);
      const forged = `${one.receipt.slice(0, -8)}AAAAAAAA`;
      await expect(giveBack(owner, [{ ...one, receipt: forged }])).rejects.toThrow(/statement-/);
      await expect(giveBack(owner, [other])).rejects.toThrow("head-stale");
      await expect(giveBack(owner, [one, { ...other, receipt: one.receipt }])).rejects.toThrow("statement-mismatch");
      const stranger = await anOwner(test);
      await expect(giveBack(stranger, copy.slice(-2))).rejects.toThrow("statement-account");
      expect((await copyOf(owner)).length).toBe(copy.length - 2);
      expect((await owner.checkIn()).rows[0]?.policyHash).toBe(bequest.policyHash);
    }));
});
