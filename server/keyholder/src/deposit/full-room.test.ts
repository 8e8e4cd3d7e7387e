import { encodeBase64url, randomBytes } from "@afterkeep/bytes";
import { generateIdentity, sealContactDeposit } from "@afterkeep/formats";
import { zeroId } from "@afterkeep/statements";
import { describe, expect, it } from "vitest";
import {
  armed,
  deposited,
  depositContact,
  depositShare,
  type Generation,
  newBequestId,
  openDepositKey,
  policyOf,
} from "../testing/a-bequest.ts";
import { dayMs, real, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson, type Owner, type Person } from "../testing/an-owner.ts";
import { fetchShare, silence } from "../testing/a-silence.ts";
import { inStore } from "../testing/in-store.ts";
import { recentMs } from "./recent-deposits.ts";

const asApi = { caller: "api", requestId: "test" } as const;
const [mostSlots, mostContacts] = [4_096, 64];

/** Whoever holds no more than a session deposits what they like for people whom the owner has pinned. */
async function aThiefsShare(owner: Owner, person: Person) {
  return depositShare(owner, await generateIdentity("hybrid"), { b: newBequestId(), g: 1, person });
}

/**
 * Fill the account's room. Why by the store: thousands of one-time keys take minutes. It all lies behind what was deposited in earnest, which would go first if anything could.
 */
async function fillSlots(test: TestKeyholder, owner: Owner, person: Person): Promise<void> {
  const { place } = await aThiefsShare(owner, person);
  const rest = "g, r, age_key, share, share_commit, outer_part, outer_hash, path_part, path_hash, withdrawn";
  const copy = `insert into slot select account, :last, ${rest} from slot where account = :account and b = :like`;
  copyRows(test, owner, { copy, like: place.b, count: mostSlots - slotsOf(test, owner).length });
}

async function fillContacts(test: TestKeyholder, owner: Owner): Promise<void> {
  const like = await depositContact(owner, "thief@example.test");
  const copy =
    "insert into contact select account, :last, sealed from contact where account = :account and hash = :like";
  copyRows(test, owner, { copy, like, count: mostContacts - contactsOf(test, owner).length });
}

function copyRows(
  test: TestKeyholder,
  { account }: Owner,
  { copy, like, count }: { copy: string; like: string; count: number },
): void {
  inStore(test, (database) => {
    database.exec("begin");
    const statement = database.prepare(copy);
    for (let n = 0; n < count; n++) statement.run({ account, like, last: `zz${String(n).padStart(20, "0")}` });
    database.exec("commit");
  });
}

const slotsOf = (test: TestKeyholder, owner: Owner) =>
  inStore(test, (database) => database.prepare("select b, g, r from slot where account = ?").all(owner.account)) as {
    b: string;
    g: number;
    r: string;
  }[];
const contactsOf = (test: TestKeyholder, owner: Owner) =>
  inStore(test, (database) => database.prepare("select hash from contact where account = ?").all(owner.account)).map(
    ({ hash }) => hash,
  );

/** So that all that lies there is old enough to go. */
function grow(test: TestKeyholder, ms = recentMs): void {
  test.clock.advance(ms * test.settings.factor);
  // Why back: on the wall nothing passes, or a demo's keyholder would find itself in another century.
  test.clock.jumpWall(-ms * test.settings.factor);
}

async function expectKept(test: TestKeyholder, owner: Owner, { b, parts, contact }: Generation): Promise<void> {
  const kept = slotsOf(test, owner).filter((one) => one.b === b);
  expect(kept.map(({ r }) => r).sort()).toEqual(parts.map(({ place }) => place.r).sort());
  expect(contactsOf(test, owner)).toContain(contact);
}

/** A thief deposits more. */
async function goOn(owner: Owner, person: Person): Promise<void> {
  for (let n = 0; n < 3; n++) {
    await aThiefsShare(owner, person);
    await depositContact(owner, "thief@example.test");
  }
}

/** As a client of ours does: the same address gets the same commitment. */
async function depositAddress(owner: Owner, salt: Uint8Array): Promise<string> {
  const recipient = await openDepositKey(owner, { b: zeroId, g: 0, r: zeroId });
  const deposit = { account: owner.account, salt: new Uint8Array(salt), address: "owner@example.test" };
  const sealed = encodeBase64url(await sealContactDeposit(recipient, deposit));
  return (await owner.handlers.depositContact({ account: owner.account, sealed }, asApi)).contact;
}

async function anOwnerOf(test: TestKeyholder): Promise<{ owner: Owner; person: Person }> {
  const [owner, person] = [await anOwner(test), await aPerson()];
  await owner.pin(person);
  return { owner, person };
}

describe("a room that a stolen session filled", () => {
  it("has room for an owner who arms two hours later, and says so until then", () =>
    withKeyholder(async (test) => {
      const { owner, person } = await anOwnerOf(test);
      await fillSlots(test, owner, person);
      await fillContacts(test, owner);
      for (const ms of [0, recentMs - 1]) {
        grow(test, ms);
        const next = expect.stringContaining("two hours");
        await expect(deposited(owner, [person])).rejects.toMatchObject({ code: "too-many-slots", next });
        await expect(depositContact(owner)).rejects.toMatchObject({ code: "too-many-contacts", next });
      }
      grow(test, 1);
      const { b } = await armed(owner, [person]);
      expect(slotsOf(test, owner)).toHaveLength(mostSlots);
      expect(contactsOf(test, owner)).toHaveLength(mostContacts);
      expect(slotsOf(test, owner).some((one) => one.b === b)).toBe(true);
    }, real));

  it("is full while the thief goes on, and no longer than two hours after that", () =>
    withKeyholder(async (test) => {
      const { owner } = await anOwnerOf(test);
      await fillContacts(test, owner);
      grow(test);
      for (let n = 0; n < mostContacts; n++) await depositContact(owner, `thief${n}@example.test`);
      await expect(depositContact(owner)).rejects.toThrow("too-many-contacts");
      grow(test);
      await depositContact(owner);
    }, real));

  it("keeps what is deposited from then on until it is armed, however the thief goes on", () =>
    withKeyholder(async (test) => {
      const { owner, person } = await anOwnerOf(test);
      await fillSlots(test, owner, person);
      await fillContacts(test, owner);
      grow(test);
      const generation = await deposited(owner, [person]);
      grow(test, recentMs - 1);
      await goOn(owner, person);
      await expectKept(test, owner, generation);
      await owner.signAndSubmit("policy", policyOf(owner, generation));
    }, real));

  it("keeps an address that is deposited once more, though the first time is long ago", () =>
    withKeyholder(async (test) => {
      const { owner, person } = await anOwnerOf(test);
      const salt = randomBytes(32);
      await depositAddress(owner, salt);
      await fillContacts(test, owner);
      grow(test);
      const contact = await depositAddress(owner, salt);
      await goOn(owner, person);
      expect(contactsOf(test, owner)).toContain(contact);
    }, real));

  it("keeps what armed policies name, what an older one names while a newer cools, and what that names", () =>
    withKeyholder(async (test) => {
      const { owner, person } = await anOwnerOf(test);
      const standing = await armed(owner, [person]);
      await test.pass(dayMs / 24);
      const looser = await deposited(owner, [person, await aPerson()], { b: standing.b, g: 2 });
      await owner.signAndSubmit("policy", policyOf(owner, looser));
      await fillSlots(test, owner, person);
      await fillContacts(test, owner);
      grow(test);
      await goOn(owner, person);
      const places = slotsOf(test, owner).filter(({ b }) => b === standing.b);
      expect(places.map(({ g }) => g)).toEqual([1, 2, 2]);
      for (const one of [standing, looser]) expect(contactsOf(test, owner)).toContain(one.contact);
    }, real));

  it("keeps what a running release has still to give", () =>
    withKeyholder(async (test) => {
      const { owner, person } = await anOwnerOf(test);
      const { b, parts } = await armed(owner, [person]);
      await silence(test, 48 * dayMs);
      await fillSlots(test, owner, person);
      await fillContacts(test, owner);
      grow(test);
      await goOn(owner, person);
      expect((await fetchShare(owner, b, person)).grant.share).toEqual(parts[0]?.share);
    }));

  it("keeps what lies in a store that was put back, until what it lost can have been given back", () =>
    withKeyholder(async (test) => {
      const { owner, person } = await anOwnerOf(test);
      const generation = await deposited(owner, [person]);
      grow(test);
      const backup = await test.backUp();
      const policy = await owner.signControl("policy", policyOf(owner, generation));
      const { receipt } = await owner.handlers.submit({ kind: "policy", statement: policy }, asApi);
      await test.restoreStore(backup);
      await fillSlots(test, owner, person);
      await fillContacts(test, owner);
      grow(test, recentMs - 1);
      await expect(aThiefsShare(owner, person)).rejects.toThrow("too-many-slots");
      await owner.handlers.importStatements({ account: owner.account, statements: [{ statement: policy, receipt }] }, asApi); // prettier-ignore
      grow(test);
      await goOn(owner, person);
      await expectKept(test, owner, generation);
    }, real));
});
