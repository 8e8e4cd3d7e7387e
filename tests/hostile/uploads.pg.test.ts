import { randomBytes } from "@afterkeep/bytes";
import { type Afterkeep, memoryJournal, memoryLocks, readAll, type SealItem, type UploadJournal } from "@afterkeep/sdk";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Household, itemOf, openHousehold, restarted } from "./a-household.ts";

const partLength = 8_388_608;
const film = randomBytes(partLength + 1000);
let household: Household;
beforeAll(async () => {
  household = await openHousehold();
});
afterEach(() => household.server.honest());
afterAll(() => household.close());

async function codeOfRefusal(attempt: Promise<unknown>): Promise<string> {
  const error: unknown = await attempt.then(
    () => "it was believed",
    (reason: unknown) => reason,
  );
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

/** A device with a journal that outlives it. */
function aDevice(journal: UploadJournal = memoryJournal()): { device: Afterkeep; journal: UploadJournal } {
  return { device: restarted(household, household.owner, journal), journal };
}

async function names(): Promise<string[]> {
  return (await household.owner.afterkeep.listDocuments()).map(({ name }) => name).sort();
}

/** The connection is lost for good after this many parts. */
function loseAfter(parts: number): void {
  let taken = 0;
  household.server.change("putPart", (answer) => {
    if (taken++ >= parts) throw new TypeError("the connection was lost");
    return answer;
  });
}

const filmItem: SealItem = { ...itemOf("film.mp4", film), source: "/home/ada/film.mp4" };

describe("an upload that breaks off", () => {
  it("leaves the vault as it was, and goes on from where it was in another process, also with new files in one manifest", async () => {
    const before = await names();
    const { device, journal } = aDevice();
    loseAfter(1);
    expect(await codeOfRefusal(device.seal([filmItem], { retryForMs: 5000 }))).toBe("unreachable");
    household.server.honest();
    expect(await names()).toEqual(before);
    const next = aDevice(journal).device;
    const [pending] = await next.pendingUploads();
    if (pending === undefined) throw new Error("nothing is pending");
    expect(pending).toMatchObject({
      name: "film.mp4",
      size: film.length,
      source: "/home/ada/film.mp4",
      isVersion: false,
    });
    expect(pending.doneBytes).toBeGreaterThan(0);
    household.server.honest();
    const sealed = await next.seal([{ ...filmItem, resume: pending.ver }, itemOf("beside.pdf", randomBytes(10))]);
    expect(sealed.map(({ ver, name }) => [ver === pending.ver, name])).toEqual([
      [true, "film.mp4"],
      [false, "beside.pdf"],
    ]);
    expect(household.server.called.filter((name) => name === "commitManifest").length).toBe(1);
    expect(household.server.payloadBytes()).toBeLessThan(pending.sealedBytes);
    expect(await next.pendingUploads()).toEqual([]);
    expect(Buffer.compare(await readAll((await next.openDocument(pending.doc)).stream), film)).toBe(0);
  });

  it("begins anew and says so when the file was edited, whatever its size and time say", async () => {
    const { device, journal } = aDevice();
    loseAfter(1);
    await codeOfRefusal(device.seal([filmItem], { retryForMs: 1000 }));
    household.server.honest();
    const [pending] = await device.pendingUploads();
    const edited = film.map((byte, i) => (i === 20 ? byte ^ 1 : byte));
    const told: [number, string][] = [];
    const onRestart = (index: number, reason: string) => void told.push([index, reason]);
    const item = { ...filmItem, open: itemOf("film.mp4", edited).open };
    const sealed = await aDevice(journal).device.resumeUpload(pending?.ver ?? "", item, { onRestart });
    expect([told, sealed.ver === pending?.ver]).toEqual([[[0, "file-changed"]], false]);
    const opened = await household.owner.afterkeep.openDocument(sealed.doc);
    expect(Buffer.compare(await readAll(opened.stream), edited)).toBe(0);
    expect(await journal.list()).toEqual([]);
  });

  it("is kept when the session ended, and ends with a clear refusal", async () => {
    const { device } = aDevice();
    household.server.refuse("putPart", 401, "session-ended");
    const error = await device.seal([itemOf("later", randomBytes(9))]).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "RefusedError", code: "session-ended" });
    household.server.honest();
    const [pending] = await device.pendingUploads();
    expect(pending?.name).toBe("later");
    await device.discardUpload(pending?.ver ?? "");
    expect(await device.pendingUploads()).toEqual([]);
  });

  it("is committed once, with no part sent again, when only the end was missing", async () => {
    const journal = memoryJournal();
    const lost = { ...journal, remove: () => Promise.reject(new Error("power cut")) };
    await expect(aDevice(lost).device.seal([itemOf("twice", randomBytes(9))])).rejects.toThrow("power cut");
    const early = itemOf("early", randomBytes(9));
    household.server.refuse("challenge", 503, "keyholder-unavailable");
    await codeOfRefusal(aDevice(journal).device.seal([early]));
    household.server.honest();
    const { device } = aDevice(journal);
    const pending = await device.pendingUploads();
    expect(pending.map(({ name }) => name).sort()).toEqual(["early", "twice"]);
    household.server.honest();
    for (const { ver, name } of pending) {
      const sealed = await device.resumeUpload(ver, name === "early" ? early : itemOf("twice", randomBytes(9)));
      expect(sealed.ver).toBe(ver);
    }
    expect([household.server.payloadBytes(), await device.pendingUploads()]).toEqual([0, []]);
    expect((await names()).filter((name) => name === "twice" || name === "early")).toEqual(["early", "twice"]);
  });
});

describe("an upload that is under way in another tab or process", () => {
  it("can be neither discarded nor gone on with from here, until its manifest is signed", async () => {
    const [journal, locks] = [memoryJournal(), memoryLocks()];
    const one = restarted(household, household.owner, journal, locks);
    const other = restarted(household, household.owner, journal, locks);
    const item = itemOf("both", randomBytes(9));
    const seen: unknown[] = [];
    const look = async (): Promise<void> => {
      const [pending] = await other.pendingUploads();
      const ver = pending?.ver ?? "";
      seen.push(pending?.isUnderWay, await codeOfRefusal(other.discardUpload(ver)));
      seen.push(await codeOfRefusal(other.resumeUpload(ver, item)));
    };
    for (const name of ["putPart", "commitManifest"] as const) {
      household.server.change(name, async (answer) => {
        await look();
        return answer;
      });
    }
    await one.seal([item]);
    household.server.honest();
    const refused = [true, "conflict", "conflict"];
    expect(seen).toEqual([...refused, ...refused]);
    expect([await other.pendingUploads(), [...(await locks.listHeld())]]).toEqual([[], []]);
    expect(await names()).toContain("both");
  });

  it("is gone on with from here once the other let go of it", async () => {
    const [journal, locks] = [memoryJournal(), memoryLocks()];
    const one = restarted(household, household.owner, journal, locks);
    loseAfter(0);
    const item = itemOf("let go", randomBytes(9));
    await codeOfRefusal(one.seal([item], { retryForMs: 1000 }));
    household.server.honest();
    const other = restarted(household, household.owner, journal, locks);
    const [pending] = await other.pendingUploads();
    expect(pending?.isUnderWay).toBe(false);
    await other.resumeUpload(pending?.ver ?? "", item);
    expect(await names()).toContain("let go");
  });
});

describe("a next version that broke off while another device was faster", () => {
  it("is the current one once it is whole, because it is what its owner did last", async () => {
    const [first] = await household.owner.afterkeep.seal([itemOf("plan", new Uint8Array(1))]);
    const { device } = aDevice();
    loseAfter(0);
    const item = { ...itemOf("plan", new Uint8Array(2)), document: first?.doc };
    await codeOfRefusal(device.seal([item], { retryForMs: 1000 }));
    household.server.honest();
    await household.owner.afterkeep.seal([{ ...itemOf("plan", new Uint8Array(3)), document: first?.doc }]);
    const [pending] = await device.pendingUploads();
    expect(pending?.isVersion).toBe(true);
    await device.resumeUpload(pending?.ver ?? "", item);
    const sizes = (await household.owner.afterkeep.listVersions(first?.doc ?? "")).map(({ size }) => size);
    expect(sizes).toEqual([2, 3, 1]);
  });
});

describe("the owner's policy for earlier versions", () => {
  it("prunes nothing by a policy that cannot be read, and signs nothing at all over what is withheld", async () => {
    const [one] = await household.owner.afterkeep.seal([itemOf("kept", new Uint8Array(1))]);
    await household.owner.afterkeep.seal([{ ...itemOf("kept", new Uint8Array(2)), document: one?.doc }]);
    await household.owner.afterkeep.setVersionPolicy({ keepVersions: 1000, keepDays: 0 });
    const settings = household.server.sent("beginDocument").at(-1)?.doc;
    expect((await household.owner.afterkeep.listDocuments()).some((info) => info.doc === settings)).toBe(false);
    household.server.change("listDocuments", (answer) => ({
      ...answer,
      documents: answer.documents.filter((row) => row.doc !== settings),
    }));
    const withheld = household.owner.afterkeep.seal([itemOf("beside", new Uint8Array(1))]);
    expect(await codeOfRefusal(withheld)).toBe("document-forged");
    household.server.change("listDocuments", (answer) => ({
      ...answer,
      documents: answer.documents.map((row) => (row.doc === settings ? { ...row, header: "AAAA" } : row)),
    }));
    const old = Array.from({ length: 10 }, (_, i) => new Uint8Array(i + 3));
    for (const content of old)
      await household.owner.afterkeep.seal([{ ...itemOf("kept", content), document: one?.doc }]);
    household.server.honest();
    expect((await household.owner.afterkeep.listVersions(one?.doc ?? "")).length).toBe(12);
  });
});

describe("an upload that cannot go on", () => {
  it("leaves nothing half-done: not in the vault, not pending, when one of several files changes its size", async () => {
    const before = await names();
    const { device, journal } = aDevice();
    const grown = { ...itemOf("grown", randomBytes(100)), size: 99 };
    expect(await codeOfRefusal(device.seal([itemOf("whole", randomBytes(9)), grown]))).toBe("size-changed");
    expect([await names(), await journal.list(), await device.pendingUploads()]).toEqual([before, [], []]);
    expect(household.server.called.filter((name) => name === "discardDocument").length).toBe(2);
  });

  it("is given up when the person stops it, unless they want to go on later", async () => {
    for (const keepOnCancel of [false, true]) {
      const { device } = aDevice();
      const stop = new AbortController();
      const sealing = device.seal([filmItem], {
        keepOnCancel,
        signal: stop.signal,
        onProgress: () => stop.abort(),
      });
      expect(await codeOfRefusal(sealing)).toBe("cancelled");
      expect((await device.pendingUploads()).length).toBe(keepOnCancel ? 1 : 0);
    }
  });

  it("is refused when the server did not take what was sent, and nothing stays", async () => {
    const before = await names();
    const { device, journal } = aDevice();
    household.server.change("putPart", (answer) => ({
      ...answer,
      sha256: answer.sha256.replace(/^./, (a) => (a === "A" ? "B" : "A")),
    }));
    expect(await codeOfRefusal(device.seal([itemOf("whole", randomBytes(9))]))).toBe("upload-damaged");
    household.server.honest();
    expect([await names(), await journal.list()]).toEqual([before, []]);
  });

  it("reports how much, how fast and how long, and ends at the whole", async () => {
    const seen: number[] = [];
    const { device } = aDevice();
    let last: { doneBytes: number; totalBytes: number; bytesPerSecond: number; msLeft: number | null } | null = null;
    await device.seal([filmItem], {
      onProgress: (progress) => {
        seen.push(progress.doneBytes);
        last = progress;
      },
    });
    expect(seen).toEqual([...seen].sort((x, y) => x - y));
    expect(last).toMatchObject({ doneBytes: film.length, totalBytes: film.length, msLeft: 0 });
  });
});
