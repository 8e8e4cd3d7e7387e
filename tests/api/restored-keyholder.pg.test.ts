import { giveBackUnasked } from "@afterkeep/api/give-back-unasked";
import { encodeBase64url } from "@afterkeep/bytes";
import { thumb } from "@afterkeep/crypto";
import { verifyChain } from "@afterkeep/statements";
import { describe, expect, it, vi } from "vitest";
import { anArmedBequest, aRecipient, fetchGrant } from "../stack/a-bequest.ts";
import { anUploadedDocument, commit, vault } from "../stack/a-document.ts";
import { pin } from "../stack/a-pin.ts";
import { type Stack, withStack } from "../stack/a-stack.ts";
import { aDelegate, aSignedCheckIn } from "../stack/a-check-in.ts";
import { disarm, pause } from "../stack/a-stop.ts";
import { anOwner, askRoute, type Owner, randomHash } from "../stack/an-owner.ts";

const dayMs = 86_400_000;
const asApi = { caller: "api", requestId: "test" } as const;

async function checkIn(owner: Owner) {
  return owner.take((await owner.ask("checkIn", { body: { statement: await aSignedCheckIn(owner) } })).receipt);
}

/** What the keyholder knows of the account, in the order of acceptance. */
async function knownTo({ keyholder }: Stack, { account }: Owner) {
  return (await keyholder.handlers.statements({ account, from: 0, limit: 500 }, asApi)).statements;
}

/** Of an account that is there too. */
async function aStrangersReceipt(stack: Stack): Promise<string> {
  const stranger = await anOwner(stack);
  return (await stranger.ask("checkIn", { body: { statement: await aSignedCheckIn(stranger) } })).receipt;
}

async function pressLink({ stack, account }: Owner, shown: { receipt?: string }) {
  const { token } = await stack.keyholder.handlers.mintToken({ account }, { ...asApi, caller: "clock" });
  return askRoute(stack, "checkInByToken", { body: { token, nonce: randomHash(), ...shown } });
}

/** As a database does that is put back to before it. */
async function forget(stack: Stack, receipt: string): Promise<void> {
  const admin = stack.database.pool("superuser");
  await admin.query("delete from statement where receipt = $1", [receipt]);
  await admin.end();
}

const stateOf = async (owner: Owner, b: string) =>
  (await owner.ask("getStatus")).switches.find((one) => one.b === b)?.state;

describe("a keyholder whose store was restored from a backup", () => {
  it("knows again what it lost as soon as the owner asks for a challenge: the check-in counts and the chain goes on", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const { b, document } = await anArmedBequest(owner, await aRecipient(owner));
      const copy = await stack.backUpKeyholder();
      await pin(owner);
      const other = await anUploadedDocument(owner);
      await commit(owner, vault(2), [document, other]);
      const [known, head] = [await knownTo(stack, owner), owner.head];
      await stack.restoreKeyholder(copy);
      expect(await knownTo(stack, owner)).toHaveLength(known.length - 2);
      const receipt = await checkIn(owner);
      expect(receipt).toMatchObject({ epoch: 2, head, rows: [{ b, state: "armed", used: 0 }] });
      expect(await knownTo(stack, owner)).toEqual(known);
      await pin(owner);
      await commit(owner, vault(3), [document]);
      expect(owner.head.seq).toBe(head.seq + 2);
      const { statements } = await owner.ask("listStatements");
      const view = verifyChain(statements, { account: owner.account, keyholder: thumb(await owner.keyholderKey()) });
      expect(view.head).toEqual(owner.head);
    }));

  it("names the newest head already in that challenge", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const copy = await stack.backUpKeyholder();
      await pin(owner);
      await stack.restoreKeyholder(copy);
      expect((await owner.challenge("control")).head).toEqual(owner.head);
    }));

  it("takes back an account that is younger than the backup, over more than one page", () =>
    withStack(async (stack) => {
      const copy = await stack.backUpKeyholder();
      const owner = await anOwner(stack);
      const document = await anUploadedDocument(owner);
      for (let mseq = 1; mseq <= 101; mseq++) await commit(owner, vault(mseq), [document]);
      const { head } = owner;
      await stack.restoreKeyholder(copy);
      expect(await knownTo(stack, owner)).toEqual([]);
      expect(await checkIn(owner)).toMatchObject({ epoch: 2, head });
      await commit(owner, vault(102), [document]);
      expect(owner.head.seq).toBe(head.seq + 1);
    }));

  it("obeys a disarm that it lost along with later statements", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const { b, policyHash } = await anArmedBequest(owner, await aRecipient(owner));
      const copy = await stack.backUpKeyholder();
      await disarm(owner, { b, policyHash });
      await pin(owner);
      await stack.restoreKeyholder(copy);
      expect(await stateOf(owner, b)).toBe("held");
      await owner.challenge("checkin");
      expect(await stateOf(owner, b)).toBe("disarmed");
    }));

  it("obeys a disarm that was all it lost", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const { b, policyHash } = await anArmedBequest(owner, await aRecipient(owner));
      const copy = await stack.backUpKeyholder();
      await disarm(owner, { b, policyHash });
      await stack.restoreKeyholder(copy);
      await checkIn(owner);
      expect(await stateOf(owner, b)).toBe("disarmed");
    }));

  it("answers the check-in all the same when it refuses what it is given", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const { b } = await anArmedBequest(owner, await aRecipient(owner));
      const known = owner.head;
      const copy = await stack.backUpKeyholder();
      await pin(owner);
      await stack.restoreKeyholder(copy);
      const admin = stack.database.pool("superuser");
      await admin.query("update statement set receipt = (select receipt from statement where seq = 0) where seq = $1", [
        owner.head.seq,
      ]);
      await admin.end();
      const logged = vi.spyOn(stack.api.services.logger, "error");
      expect(await checkIn(owner)).toMatchObject({ epoch: 2, head: known, rows: [{ b, state: "armed" }] });
      const err = expect.objectContaining({ code: "statement-mismatch" });
      const event = "statements-not-given-back";
      expect(logged.mock.calls).toEqual([[expect.objectContaining({ event, tenant: owner.account, err })]]);
    }));

  it("holds also when its whole folder was put back: the newest receipt that we kept proves it", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const { b } = await anArmedBequest(owner, await aRecipient(owner));
      const copy = await stack.backUpKeyholder();
      await checkIn(owner);
      await stack.restoreKeyholderFolder(copy);
      expect(await stateOf(owner, b)).toBe("armed");
      const logged = vi.spyOn(stack.api.services.logger, "error");
      await owner.challenge("checkin");
      expect(await stateOf(owner, b)).toBe("held");
      expect(logged.mock.calls).toEqual([[{ event: "keyholder-rolled-back", tenant: owner.account }]]);
      expect(await checkIn(owner)).toMatchObject({ epoch: 2, rows: [{ b, state: "armed", used: 0 }] });
    }));

  it("is told of what it lost without any owner: a pause and a disarm stop again what they stopped", () =>
    withStack(async (stack) => {
      const [paused, stopped] = [await anOwner(stack), await anOwner(stack)];
      const ofPaused = await anArmedBequest(paused, await aRecipient(paused));
      const ofStopped = await anArmedBequest(stopped, await aRecipient(stopped));
      const copy = await stack.backUpKeyholder();
      await pause(paused, ofPaused, 300 * dayMs);
      await disarm(stopped, { b: ofStopped.b, policyHash: ofStopped.policyHash });
      const { services } = stack.api;
      await giveBackUnasked(services);
      await stack.restoreKeyholder(copy);
      await giveBackUnasked(services);
      expect(await stateOf(stopped, ofStopped.b)).toBe("disarmed");
      const { items } = await stack.keyholder.handlers.switches({ account: paused.account }, asApi);
      expect(items[0]).toMatchObject({ state: "held" });
      const known = (await knownTo(stack, paused)).map(({ kind }) => kind);
      expect(known).toContain("pause");
    }));

  it("gives nothing that its owner took back since, also when its whole folder was put back", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const bequest = await anArmedBequest(owner, await aRecipient(owner));
      await stack.silence(60 * dayMs);
      expect((await bequest.recipient.ask("prove", { params: { b: bequest.b } })).challenge).not.toBe("");
      const copy = await stack.backUpKeyholder();
      await checkIn(owner);
      await stack.restoreKeyholderFolder(copy);
      expect(await stateOf(owner, bequest.b)).toBe("released");
      await expect(fetchGrant(bequest)).rejects.toThrow("404");
      expect(await stateOf(owner, bequest.b)).toBe("held");
    }));

  it("learns from what its owner's device has that the database was put back with it", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const { b } = await anArmedBequest(owner, await aRecipient(owner));
      const { receipt: old } = await owner.ask("checkIn", { body: { statement: await aSignedCheckIn(owner) } });
      const copy = await stack.backUpKeyholder();
      const { receipt } = await owner.ask("checkIn", { body: { statement: await aSignedCheckIn(owner) } });
      await stack.restoreKeyholderFolder(copy);
      await forget(stack, receipt);
      await owner.ask("challenge", { body: { purpose: "checkin", receipt: old } });
      expect(await stateOf(owner, b)).toBe("armed");
      await owner.ask("challenge", { body: { purpose: "checkin", receipt } });
      expect(await stateOf(owner, b)).toBe("held");
    }));

  it("is shown to be an older one without any owner, also when its whole folder was put back", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const { b, policyHash } = await anArmedBequest(owner, await aRecipient(owner));
      const copy = await stack.backUpKeyholder();
      await disarm(owner, { b, policyHash });
      await stack.restoreKeyholderFolder(copy);
      expect(await stateOf(owner, b)).toBe("armed");
      await giveBackUnasked(stack.api.services);
      expect(await stateOf(owner, b)).toBe("disarmed");
    }));

  it("learns it too from a receipt that comes with a mail link or a job's request, before it counts either", () =>
    withStack(async (stack) => {
      for (const door of ["checkInByToken", "delegateChallenge"] as const) {
        const owner = await anOwner(stack);
        const delegate = await aDelegate(owner);
        const { b } = await anArmedBequest(owner, await aRecipient(owner));
        const copy = await stack.backUpKeyholder();
        const { receipt } = await owner.ask("checkIn", { body: { statement: await aSignedCheckIn(owner) } });
        await stack.restoreKeyholderFolder(copy);
        await forget(stack, receipt);
        for (const unasked of [{}, { receipt: "a.b.c" }, { receipt: await aStrangersReceipt(stack) }])
          expect((await pressLink(owner, unasked)).receipt).not.toBe("");
        await owner.challenge("checkin");
        expect(await stateOf(owner, b)).toBe("armed");
        const body = { account: owner.account, key: encodeBase64url(delegate.publicKey), receipt };
        if (door === "delegateChallenge") await askRoute(stack, door, { body });
        else await expect(pressLink(owner, { receipt })).rejects.toThrow("403");
        expect(await stateOf(owner, b)).toBe("held");
      }
    }));

  it("answers a job whose key it does not know as ever, whatever is shown with it", () =>
    withStack(async (stack) => {
      const owner = await anOwner(stack);
      const key = encodeBase64url((await aDelegate(owner)).publicKey);
      const { receipt } = await owner.ask("checkIn", { body: { statement: await aSignedCheckIn(owner) } });
      const { account } = await anOwner(stack);
      for (const shown of [{}, { receipt }, { receipt: "a.b.c" }])
        await expect(askRoute(stack, "delegateChallenge", { body: { account, key, ...shown } })).rejects.toThrow("404");
      const large = { receipt: `a.${"b".repeat(65_536)}.c` };
      for (const body of [
        { account, key, ...large },
        { account: owner.account, key, ...large },
      ])
        await expect(askRoute(stack, "delegateChallenge", { body })).rejects.toThrow("400");
    }));
});
