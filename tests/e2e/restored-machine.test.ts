import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  type Afterkeep,
  createAfterkeep,
  dayMs,
  type DelegateKey,
  delegateStore,
  hourMs,
  type SwitchTimes,
} from "@afterkeep/sdk";
import { generateSync } from "otplib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Product, startProduct } from "../../scripts/stage/product.ts";
import { aDevice } from "./attack/a-device.ts";
import { aNote, anOwner, armed, aVerified, type Owner, planned, type Recipient } from "./attack/a-household.ts";
import { keyholderAs } from "./attack/the-operator.ts";
import { until } from "./story/an-open-product.ts";

const codeMs = 30_000;
const times: SwitchTimes = {
  interval: 100 * dayMs,
  reminders: [60 * dayMs],
  grace: 30 * dayMs,
  lastCall: 72 * hourMs,
};
const closing: (() => Promise<unknown>)[] = [];
let folder: string;
let product: Product;
let clara: Owner;
let ada: Recipient;
let phone: Afterkeep;
let forAda: string;

const data = () => join(folder, "data");
const copyOf = (name: string) => join(folder, name);

/** Why by the command: PostgreSQL's files are another user's where this runs as root, and must stay so. */
async function copyWhole(from: string, to: string): Promise<void> {
  await promisify(execFile)("cp", ["-a", from, to]);
}

async function start(): Promise<void> {
  const port = product === undefined ? {} : { port: Number(new URL(product.url).port) };
  product = await startProduct({ data: data(), mode: "local", ...port });
}

/** Off, copied as a volume's snapshot is, and on again. */
async function snapshot(name: string): Promise<void> {
  await product.stop();
  await copyWhole(data(), copyOf(name));
  await start();
}

/** Puts back a whole machine, or one folder of it. */
async function putBack(name: string, part = ""): Promise<void> {
  await product.stop();
  await rm(join(data(), part), { recursive: true, force: true });
  await copyWhole(join(copyOf(name), part), join(data(), part));
  await start();
}

async function anotherDevice(name: string): Promise<Afterkeep> {
  const seat = join(folder, name);
  await mkdir(join(seat, "profile"), { recursive: true, mode: 0o700 });
  return aDevice({ ...clara, folder: seat }, product.url);
}

/** With the next code: each is taken once. */
async function signIn(device: Afterkeep): Promise<void> {
  const now = Math.floor(Date.now() / codeMs);
  await until(async () => (Math.floor(Date.now() / codeMs) > now ? true : null));
  const { email, passphrase, totpSecret } = clara;
  await device.signIn({ email, passphrase, totpCode: () => generateSync({ secret: totpSecret }) });
}

const documents = async () => (await clara.device().listDocuments()).map(({ doc }) => doc);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "afterkeep-restored-"));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  await start();
  closing.push(() => product.stop());
  const place = { product, serverUrl: product.url, folder };
  clara = await anOwner(place, "Clara");
  ada = await aVerified(place, clara, "Ada");
  await clara.device().seal([aNote("first", "The first one.\n")]);
  forAda = await armed(clara, { to: ada, documents: await documents(), message: "", times });
  await clara.device().checkIn();
  await snapshot("week ago");
  phone = await anotherDevice("phone");
  await signIn(phone);
  await phone.checkIn();
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

describe("a whole machine that was put back to last week", { timeout: 300_000 }, () => {
  it("still hears its owner: every check-in counts, and says what was lost", async () => {
    await clara.device().seal([aNote("second", "The second one.\n")]);
    const draft = (await clara.device().getBequest(forAda)).draft;
    await clara.device().updateBequest(forAda, { ...draft, times: { ...times, interval: 200 * dayMs } });
    await clara.device().arm(forAda);
    const before = (await clara.device().checkIn()).receipt;
    await putBack("week ago");
    for (const isFirst of [true, false]) {
      const { json, exitCode } = await clara.attempt("checkin");
      expect([exitCode, json]).toMatchObject([0, { counted: true, restored: { isChainOlder: true }, lapsed: [] }]);
      expect(json["rows"]).toMatchObject([{ b: forAda, state: "armed" }]);
      if (isFirst) expect(json["epoch"]).toBeGreaterThan(before.epoch);
    }
    expect((await clara.run("status"))["restored"]).toEqual({ isChainOlder: true });
  });

  it("signs nothing on what was lost until its owner says that they have looked", async () => {
    const sealed = clara.device().seal([aNote("third", "The third one.\n")]);
    await expect(sealed).rejects.toMatchObject({ code: "chain-restored" });
    expect((await clara.device().pause(forAda, dayMs)).counted).toBe(true);
    await clara.run("account", "confirm-restore");
    await clara.device().seal([aNote("third", "The third one.\n")]);
    await clara.device().arm(forAda);
    expect(await clara.device().checkIn()).toMatchObject({ restored: null, lapsed: [] });
  });

  it("lets a device in again that it had met since, and that device checks in once its owner has looked", async () => {
    await expect(phone.checkIn()).rejects.toThrow("This check-in did NOT count");
    await signIn(phone);
    await expect(phone.checkIn()).rejects.toMatchObject({ code: "chain-restored" });
    expect(await phone.restoreNotice()).toEqual({ isChainOlder: true });
    await phone.acceptRestore();
    expect(await phone.restoreNotice()).toBeNull();
    expect(await phone.checkIn()).toMatchObject({ counted: true, restored: null });
  });
});

describe("a keyholder's folder that was put back alone", { timeout: 300_000 }, () => {
  it("goes by an older plan until its owner arms anew: every check-in counts and says so", async () => {
    await snapshot("yesterday");
    const draft = (await clara.device().getBequest(forAda)).draft;
    await clara.device().updateBequest(forAda, { ...draft, times: { ...times, interval: 300 * dayMs } });
    await clara.device().arm(forAda);
    const forBoth = await planned(clara, { to: ada, documents: await documents(), message: "", times });
    await clara.device().arm(forBoth);
    await putBack("yesterday", "keyholder");
    for (const isSeen of [false, true]) {
      const { lapsed, restored } = await clara.device().checkIn();
      expect(lapsed.map(({ b }) => b).sort()).toEqual([forAda, forBoth].sort());
      expect(restored).toEqual(isSeen ? null : { isChainOlder: false });
      await clara.run("account", "confirm-restore");
    }
    const tablet = await anotherDevice("tablet");
    await signIn(tablet);
    expect((await tablet.checkIn()).lapsed).toHaveLength(2);
    await clara.device().arm(forAda);
    expect((await clara.device().checkIn()).lapsed.map(({ b }) => b)).toEqual([forBoth]);
    await clara.device().arm(forBoth);
    expect((await clara.device().checkIn()).lapsed).toEqual([]);
  });
});

/** A job's whole device, in memory. */
function aJob(key: () => DelegateKey, keep: (key: DelegateKey) => void): Afterkeep {
  const store = delegateStore(key(), async (next) => keep(next));
  return createAfterkeep({ serverUrl: product.url, channel: "bearer", store });
}

describe(
  "a whole machine that was put back, and counted past what its owner's device has",
  { timeout: 300_000 },
  () => {
    let b: string;
    let key: DelegateKey;
    const job = () =>
      aJob(
        () => key,
        (next) => void (key = next),
      );
    const standing = async () => (await clara.device().status()).switches.find((one) => one.b === b)?.state;

    /** Presses a new mail link on some device. */
    async function press(device: Afterkeep) {
      const clock = await keyholderAs("clock", product.data);
      const { token } = await clock.mintToken({ account: clara.account });
      await clock.close();
      return device.checkInByToken(token);
    }

    it("counts mail links and a job before its owner comes, and notices nothing", async () => {
      const draft = (await clara.device().getBequest(forAda)).draft;
      const left = { ...draft, title: "By key", weak: ["token", "delegated"] as const };
      b = (await clara.device().createBequest(left)).b;
      await clara.device().arm(b);
      await clara.device().createDelegate(async (made) => void (key = made));
      await snapshot("morning");
      const { receipt: lost } = await clara.device().disarm(b);
      expect(lost.rows).toContainEqual(expect.objectContaining({ b, state: "disarmed" }));
      await putBack("morning");
      const elsewhere = await anotherDevice("elsewhere");
      for (const { receipt } of [await press(elsewhere), await press(elsewhere), await job().checkInByDelegate()]) {
        expect(receipt.rows).toContainEqual(expect.objectContaining({ b, state: "armed" }));
        expect(receipt.epoch).toBe(lost.epoch);
        expect(receipt.counter).toBeGreaterThanOrEqual(lost.counter);
      }
    });

    it("holds everything once its owner's device is there: by a look at what stands, or a mail link pressed on it", async () => {
      const { epoch } = key.seen;
      expect(await standing()).toBe("armed");
      expect(await standing()).toBe("held");
      await expect(press(clara.device())).rejects.toThrow("This check-in did NOT count");
      await expect(job().checkInByDelegate()).rejects.toThrow("This check-in did NOT count");
      const { counted, receipt, restored } = await clara.device().checkIn();
      expect([counted, receipt.epoch > epoch, restored]).toEqual([true, true, { isChainOlder: false }]);
      expect(await clara.device().restoreNotice()).toEqual({ isChainOlder: false });
      await clara.device().disarm(b);
      expect(await standing()).toBe("disarmed");
    });
  },
);
