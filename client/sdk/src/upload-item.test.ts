import { decodeBase64url, encodeBase64url, newId, randomBytes } from "@afterkeep/bytes";
import { beforeAll, describe, expect, it } from "vitest";
import type { Device } from "./device.ts";
import { RefusedError } from "./errors.ts";
import type { OwnerKeys } from "./owner-keys.ts";
import type { SealItem } from "./seal-item.ts";
import { aLife } from "./testing/a-life.ts";
import { type Fate, PartsServer } from "./testing/a-parts-server.ts";
import { anOwner } from "./testing/an-owner.ts";
import { giveUp, type ItemUpload, uploadItem } from "./upload-item.ts";
import { memoryJournal, type UploadJournal } from "./upload-journal.ts";
import { openUploadRecord } from "./upload-record.ts";

const partLength = 2 ** 16;
let keys: OwnerKeys;
beforeAll(async () => {
  keys = await anOwner();
});

function itemOf(content: Uint8Array, more: Partial<SealItem> = {}): SealItem {
  const open = async function* () {
    for (let at = 0; at < content.length; at += 9_001) yield content.slice(at, at + 9_001);
  };
  const item = {
    kind: "file" as const,
    name: "will.pdf",
    folder: "",
    type: "",
    size: content.length,
    modified: 0,
    open,
  };
  return { ...item, ...more };
}

async function upload(device: Device, item: SealItem, more: Partial<ItemUpload> = {}) {
  return uploadItem(device, keys, {
    item,
    vault: null,
    journalled: await device.journal.list(),
    partLength,
    patience: { wait: device.wait, random: randomBytes, retryForMs: 60_000 },
    signal: new AbortController().signal,
    hold: () => Promise.resolve(),
    onBegin: () => undefined,
    onProgress: () => undefined,
    onRestart: () => undefined,
    ...more,
  });
}

async function refusal(attempt: Promise<unknown>): Promise<string> {
  const error: unknown = await attempt.then(
    () => "it went through",
    (reason: unknown) => reason,
  );
  return error instanceof RefusedError ? error.code : String(error);
}

/** An upload of which the first parts left and whose process was killed then. */
async function aBrokenOff(content: Uint8Array) {
  const server = new PartsServer(partLength);
  const journal = memoryJournal();
  // Beginning here and there, four parts noted, three sent: whatever comes then finds one of them with the server.
  const fates: Fate[] = [...Array<Fate>(9).fill("answered"), "killed-after"];
  const life = aLife(server, journal, () => fates.shift() ?? "killed-before");
  await life.survive(upload(life.device, itemOf(content)));
  // What was on its way arrives.
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  const [pending] = await journal.list();
  if (pending === undefined) throw new Error("nothing is pending");
  return { server, journal, ver: pending.ver };
}

/** A life whose server changes its answers. */
function aLiedToLife(server: PartsServer, journal: UploadJournal, lie: (answer: object) => object) {
  const life = aLife(server, journal);
  const honest = life.device.transport;
  const call: typeof honest.call = async (name, input, signal) => {
    const answer = await honest.call(name, input, signal);
    return lie(answer ?? {}) as typeof answer;
  };
  const putPart: typeof honest.putPart = async (place, bytes, sha256, signal) => {
    const answer = await honest.putPart(place, bytes, sha256, signal);
    return lie(answer) as typeof answer;
  };
  return { ...life, device: { ...life.device, transport: { ...honest, call, putPart } } };
}

describe("an upload", () => {
  it("has three parts on their way at most, also of several files, and reports what arrived", async () => {
    const server = new PartsServer(partLength);
    server.turns = 200;
    const { device } = aLife(server, memoryJournal());
    const done: number[] = [];
    const contents = [randomBytes(900_000), randomBytes(600_000), randomBytes(0), randomBytes(100)];
    await Promise.all(
      contents.map((content) => upload(device, itemOf(content), { onProgress: (bytes) => void done.push(bytes) })),
    );
    expect(server.mostAtOnce).toBe(3);
    expect(Math.max(...done)).toBeGreaterThan(900_000);
    const sizes = [...server.versions.values()].map(({ parts }) => parts.size);
    expect(sizes.sort((x, y) => x - y)).toEqual([1, 1, 10, 14]);
  });

  it("waits longer each time, never shorter than the server asks, and gives up when its patience ends", async () => {
    const server = new PartsServer(partLength);
    const fates: Fate[] = ["answered", "unavailable", "lost-before", "slow-down"];
    const some = aLife(server, memoryJournal(), () => fates.shift() ?? "answered");
    await upload(some.device, itemOf(randomBytes(10)));
    const [first = 0, second = 0, third = 0] = some.waits;
    expect([some.waits.length, third]).toEqual([3, 3000]);
    expect([first >= 250 && first <= 500, second >= 500 && second <= 1000]).toEqual([true, true]);
    const journal = memoryJournal();
    const never = aLife(server, journal, () => "unavailable");
    await expect(upload(never.device, itemOf(randomBytes(10)))).rejects.toMatchObject({ code: "unavailable" });
    const waited = never.waits.reduce((sum, ms) => sum + ms, 0);
    expect([waited <= 60_000, waited > 25_000, never.waits.every((ms) => ms <= 30_000)]).toEqual([true, true, true]);
  });

  it("is stopped while it waits", async () => {
    const stop = new AbortController();
    const life = aLife(new PartsServer(partLength), memoryJournal(), () => "unavailable");
    const wait = (_ms: number, signal: AbortSignal) =>
      new Promise<void>((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        stop.abort(new Error("enough"));
      });
    const patience = { wait, random: randomBytes, retryForMs: 1e9 };
    await expect(upload(life.device, itemOf(randomBytes(9)), { patience, signal: stop.signal })).rejects.toThrow(
      "enough",
    );
  });

  it.each([
    ["grew", 1],
    ["shrank", -1],
  ])("is refused when the file %s while it was read, and lets go of the file", async (_how, by) => {
    const { device } = aLife(new PartsServer(partLength), memoryJournal());
    const content = randomBytes(200_000);
    const item = itemOf(content, { size: content.length - by });
    expect(await refusal(upload(device, item))).toBe("size-changed");
    expect(await refusal(upload(device, itemOf(content)))).toBe("it went through");
  });
});

describe("an upload to a server that lies", () => {
  it("is refused when the server says that it received something else", async () => {
    const lie = (answer: object) =>
      "sha256" in answer ? { ...answer, sha256: encodeBase64url(randomBytes(32)) } : answer;
    const { device } = aLiedToLife(new PartsServer(partLength), memoryJournal(), lie);
    expect(await refusal(upload(device, itemOf(randomBytes(200_000))))).toBe("upload-damaged");
  });

  it.each([
    ["another whole", (object: string) => (object === "" ? "" : encodeBase64url(randomBytes(32)))],
    ["none, although every part was taken", () => ""],
  ])("is refused when the server notes %s", async (_what, of) => {
    const lie = (answer: object) => ("object" in answer ? { ...answer, object: of(String(answer.object)) } : answer);
    const { device } = aLiedToLife(new PartsServer(partLength), memoryJournal(), lie);
    expect(await refusal(upload(device, itemOf(randomBytes(200_000))))).toBe("upload-damaged");
  });

  it("begins anew under a fresh key when the server claims parts that never left, or other bytes for one that did", async () => {
    const lies = [
      (parts: object[]) => [...parts, { part: 9, sha256: encodeBase64url(randomBytes(32)) }],
      (parts: object[]) => parts.map((part) => ({ ...part, sha256: encodeBase64url(randomBytes(32)) })),
    ];
    for (const change of lies) {
      const content = randomBytes(700_000);
      const { server, journal, ver } = await aBrokenOff(content);
      let asked = 0;
      const lie = (answer: object) =>
        "parts" in answer && Array.isArray(answer.parts) && asked++ === 0
          ? { ...answer, parts: change(answer.parts) }
          : answer;
      const { device } = aLiedToLife(server, journal, lie);
      const restarts: string[] = [];
      const done = await upload(device, itemOf(content, { resume: ver }), {
        onRestart: (why) => void restarts.push(why),
      });
      expect([restarts, done.plan.verId === ver, server.versions.has(ver)]).toEqual([["upload-lost"], false, false]);
      const keysOf = server.begun.map(({ header }) => encodeBase64url(header));
      expect(new Set(keysOf).size).toBe(2);
    }
  });

  it("begins anew when the server has other bytes for a part than this journal, whatever became of them", async () => {
    const content = randomBytes(700_000);
    const { server, journal, ver } = await aBrokenOff(content);
    const { device } = aLife(server, journal);
    const version = server.versions.get(ver);
    if (version === undefined) throw new Error("the version is not there");
    const honest = device.transport;
    const call: typeof honest.call = async (name, input, signal) => {
      const answer = await honest.call(name, input, signal);
      if (name === "listParts") version.parts.set(5, randomBytes(partLength));
      return answer;
    };
    const restarts: string[] = [];
    const resumed = { ...device, transport: { ...honest, call } };
    await upload(resumed, itemOf(content, { resume: ver }), { onRestart: (why) => void restarts.push(why) });
    expect([restarts, server.versions.has(ver)]).toEqual([["upload-lost"], false]);
  });
});

describe("an upload that is gone on with", () => {
  it("sends only what is missing, under the same key, also where the server forgot it altogether", async () => {
    const content = randomBytes(700_000);
    const { server, journal, ver } = await aBrokenOff(content);
    const [had, before] = [server.versions.get(ver)?.parts.size ?? 0, server.left.length];
    const done = await upload(aLife(server, journal).device, itemOf(content, { resume: ver }));
    const total = server.versions.get(ver)?.parts.size ?? 0;
    expect([done.plan.verId, had > 0, server.left.length - before]).toEqual([ver, true, total - had]);
    server.versions.delete(ver);
    const again = await upload(aLife(server, journal).device, itemOf(content, { resume: ver }));
    expect([again.entry, server.versions.get(ver)?.parts.size]).toEqual([done.entry, total]);
  });

  it.each([
    [
      "changed under the same size and time",
      (content: Uint8Array) => content.map((byte, i) => (i === 9 ? byte ^ 1 : byte)),
    ],
    ["longer", (content: Uint8Array) => new Uint8Array([...content, 0])],
    ["shorter", (content: Uint8Array) => content.slice(1)],
  ])("tells of a file that is %s, and seals it under a fresh key", async (_how, edit) => {
    const content = randomBytes(300_000);
    const { server, journal, ver } = await aBrokenOff(content);
    const before = server.left.length;
    const restarts: string[] = [];
    const item = itemOf(edit(content), { resume: ver });
    const done = await upload(aLife(server, journal).device, item, { onRestart: (why) => void restarts.push(why) });
    expect([restarts, server.versions.has(ver)]).toEqual([["file-changed"], false]);
    expect(server.left.slice(before).every((left) => left.ver === done.plan.verId)).toBe(true);
    expect((await journal.list()).map((one) => one.ver)).toEqual([done.plan.verId]);
  });

  it("stays of the document that it was a version of, when it begins anew", async () => {
    const { server, journal, ver } = await aBrokenOff(randomBytes(300_000));
    const [pending] = await journal.list();
    const record = pending === undefined ? null : openUploadRecord(keys, pending);
    expect(record?.isVersion).toBe(false);
    const document = newId(1);
    const life = aLife(server, journal, () => "answered");
    await giveUp(life.device, { docId: record?.plan.docId ?? document, verId: ver });
    const fates: Fate[] = ["answered", "answered", "answered", "killed-after"];
    const killed = aLife(server, journal, () => fates.shift() ?? "answered");
    await killed.survive(upload(killed.device, itemOf(randomBytes(300_000), { document })));
    const resume = (await journal.list())[0]?.ver;
    const done = await upload(life.device, itemOf(randomBytes(300_000), { resume }));
    expect([done.plan.docId, done.plan.verId === resume]).toEqual([document, false]);
  });

  it("knows nothing of a record of another account, a damaged or a moved one, and harms none of them", async () => {
    const content = randomBytes(300_000);
    const { server, journal, ver } = await aBrokenOff(content);
    const [pending] = await journal.list();
    if (pending === undefined) throw new Error("nothing is pending");
    const flipped = decodeBase64url(pending.record).map((byte, i) => (i === 70 ? byte ^ 1 : byte));
    const stranger = await anOwner();
    const moved = { ...pending, ver: newId(2) };
    expect(openUploadRecord(stranger, pending)).toBeNull();
    expect(openUploadRecord(keys, { ...pending, record: encodeBase64url(flipped) })).toBeNull();
    expect(openUploadRecord(keys, { ...pending, record: "AA" })).toBeNull();
    expect(openUploadRecord(keys, moved)).toBeNull();
    const { device } = aLife(server, { ...journal, list: async () => [moved] });
    expect(await refusal(upload(device, itemOf(content, { resume: moved.ver })))).toBe("not-found");
    expect([server.versions.has(ver), (await journal.list()).length]).toEqual([true, 1]);
  });

  it("does not let a part leave that the journal could not note", async () => {
    const server = new PartsServer(partLength);
    const journal = { ...memoryJournal(), notePart: () => Promise.reject(new Error("disk full")) };
    await expect(upload(aLife(server, journal).device, itemOf(randomBytes(10)))).rejects.toThrow("disk full");
    expect(server.left).toEqual([]);
  });

  it("lets nothing leave behind a part that the journal takes long to refuse", async () => {
    const server = new PartsServer(partLength);
    const kept = memoryJournal();
    const notePart: UploadJournal["notePart"] = async (ver, part, hash) => {
      if (part !== 1) return kept.notePart(ver, part, hash);
      for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
      throw new Error("disk full");
    };
    const { device } = aLife(server, { ...kept, notePart });
    await expect(upload(device, itemOf(randomBytes(300_000)))).rejects.toThrow("disk full");
    expect(server.left.map(({ part }) => part)).toEqual([0]);
  });
});
