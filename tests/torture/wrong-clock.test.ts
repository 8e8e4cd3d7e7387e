import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dayMs } from "@afterkeep/sdk";
import { generateSync } from "otplib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awaitMail } from "../../scripts/stage/await-mail.ts";
import { aNote, anOwner, aVerified, farAway, armed, type Owner } from "../e2e/attack/a-household.ts";
import { untilMailFailed } from "./machine/mail-failures.ts";
import { Machine } from "./machine/machine.ts";

const to2040 = 14 * 365 * dayMs;

let folder: string;
let machine: Machine;
let owner: Owner;
let b: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "afterkeep-wrong-clock-"));
  machine = await Machine.begin(folder, { factor: 1 });
  const place = { product: machine.product, serverUrl: machine.product.url, folder: join(folder, "people") };
  owner = await anOwner(place, "Vera");
  const heir = await aVerified(place, owner, "Heir");
  const [note] = await owner.device().seal([aNote("keys", "under the stone")]);
  b = await armed(owner, { to: heir, documents: [note?.doc ?? ""], message: "Yours.\n", times: farAway });
}, 600_000);

afterAll(async () => {
  await machine.close();
  await rm(folder, { recursive: true, force: true });
});

/** What the authenticator on the owner's phone shows: the phone's clock is right. */
function phoneCode(): string {
  return generateSync({ secret: owner.totpSecret, epoch: Math.floor(Date.now() / 1000) });
}

/** Checks in, and expects the receipt to speak of the armed bequest and of no time that a wrong clock made. */
async function expectGoodCheckIn(): Promise<void> {
  const { rows } = await owner.device().checkIn();
  const row = rows.find((one) => one.b === b);
  expect(row?.state).toBe("armed");
  const soonest = Date.now() + farAway.interval;
  expect(row?.earliestMs).toBeGreaterThan(soonest);
  expect(row?.earliestMs).toBeLessThan(soonest + 60 * dayMs);
}

async function inTheYear2040(work: () => Promise<void>): Promise<void> {
  await machine.setClock(to2040);
  await work().finally(() => machine.setClock(0));
}

describe("a real machine whose whole wall clock is wrong", { timeout: 900_000 }, () => {
  it("in 2040 believes no session, and takes every one of them back when the clock is right again", async () => {
    await inTheYear2040(async () => {
      await expect(owner.device().checkIn()).rejects.toThrow(/^This check-in did NOT count\. There is no session/);
    });
    await expectGoodCheckIn();
  });

  it("in 2040 starts with all zones and its database, and so does the next start with the right clock", async () => {
    await machine.stop();
    await machine.setClock(to2040);
    await machine.start();
    expect((await owner.device().readServer()).mode).toBe("local");
    await machine.killTree();
    await machine.setClock(0);
    await machine.start();
    await expectGoodCheckIn();
  });

  it("in 2040 gives up no mail that waited, and lets none wait for that year", async () => {
    await machine.mail.close();
    await owner.device().inviteRecipient({ email: "early@example.org", name: "Early" });
    await untilMailFailed(machine.data, 1);
    await inTheYear2040(() => untilMailFailed(machine.data, 3));
    await machine.mail.open();
    await awaitMail(machine.product, { to: "early@example.org", link: "invite" }, 300_000);
  });

  it("in 2040 keeps the owner out, whose phone knows the true time, and not a moment longer", async () => {
    await inTheYear2040(async () => {
      for (let i = 0; i < 6; i++) await expect(signIn()).rejects.toThrow();
    });
    await signIn();
    await expectGoodCheckIn();
  });

  it("two days behind takes check-ins all the same, and is not early when the clock is right again", async () => {
    await machine.setClock(-2 * dayMs);
    await owner.device().checkIn();
    await machine.setClock(0);
    await expectGoodCheckIn();
  });
});

function signIn(): Promise<unknown> {
  return owner.device().signIn({ email: owner.email, passphrase: owner.passphrase, totpCode: phoneCode });
}
