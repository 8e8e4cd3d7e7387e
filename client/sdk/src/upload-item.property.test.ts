import { encodeBase64url, type Id, randomBytes } from "@afterkeep/bytes";
import { decodeMetadata, openHeader } from "@afterkeep/formats";
import { collectBytes, openDocument } from "@afterkeep/sealing";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { OwnerKeys } from "./owner-keys.ts";
import { aLife, type Life } from "./testing/a-life.ts";
import { type Fate, objectBytes, PartsServer } from "./testing/a-parts-server.ts";
import { anOwner } from "./testing/an-owner.ts";
import { type UploadedItem, uploadItem } from "./upload-item.ts";
import { memoryJournal, type UploadJournal } from "./upload-journal.ts";
import type { RestartReason } from "./upload-errors.ts";

const partLength = 2 ** 16;
let keys: OwnerKeys;
beforeAll(async () => {
  keys = await anOwner();
});

type Attempt = {
  readonly life: Life;
  readonly content: Uint8Array;
  readonly restarts?: RestartReason[];
  readonly resume?: Id;
};

async function attempt({ life, content, restarts = [], resume }: Attempt): Promise<UploadedItem | "killed"> {
  const item = {
    kind: "file" as const,
    name: "film.mp4",
    folder: "",
    type: "video/mp4",
    size: content.length,
    modified: 1,
    resume,
    open: async function* () {
      for (let at = 0; at < content.length; at += 10_007) yield content.slice(at, at + 10_007);
    },
  };
  const work = uploadItem(life.device, keys, {
    item,
    vault: null,
    journalled: await life.device.journal.list(),
    partLength,
    patience: { wait: life.device.wait, random: randomBytes, retryForMs: 3_600_000 },
    signal: new AbortController().signal,
    hold: () => Promise.resolve(),
    onBegin: () => undefined,
    onProgress: () => undefined,
    onRestart: (reason) => void restarts.push(reason),
  });
  return life.survive(work);
}

/** The file key that each announced version was sealed under, as its header yields it. */
async function fileKeys(server: PartsServer): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { ver, header } of server.begun) {
    const fileKey = await openHeader(header, [keys.keyring.ageIdentity]);
    found.set(ver, encodeBase64url(fileKey ?? new Uint8Array()));
  }
  return found;
}

/** Every (file key, offset) at which two different bodies left. */
async function twoTimePads(server: PartsServer): Promise<string[]> {
  const keyOf = await fileKeys(server);
  const seen = new Map<string, Uint8Array>();
  return server.left.flatMap(({ ver, part, bytes }) => {
    const place = `${keyOf.get(ver)} at ${part}`;
    const before = seen.get(place);
    seen.set(place, before ?? bytes);
    return before === undefined || Buffer.compare(before, bytes) === 0 ? [] : [place];
  });
}

async function openStored(server: PartsServer, { plan, entry }: UploadedItem): Promise<Uint8Array> {
  const version = server.versions.get(plan.verId);
  if (version === undefined) throw new Error("the version is not there");
  const { account, docId, verId, fileKey } = plan;
  const metadata = decodeMetadata(fileKey, { account, docId, verId, rev: 0 }, version.metadata);
  const object = objectBytes(version);
  const range = async (from: number, to: number) =>
    (async function* () {
      yield object.subarray(from, to);
    })();
  return collectBytes(openDocument({ account, fileKey, metadata }, entry, range));
}

function fatesOf(list: readonly Fate[]): () => Fate {
  const left = [...list];
  return () => left.shift() ?? "answered";
}

async function pendingVer(journal: UploadJournal): Promise<Id | undefined> {
  return (await journal.list()).at(-1)?.ver;
}

type Edit = { readonly kind: "none" | "change" | "longer" | "shorter"; readonly at: number };

function edited(content: Uint8Array, { kind, at }: Edit): Uint8Array {
  if (kind === "longer") return new Uint8Array([...content, 7]);
  if (kind === "shorter") return content.slice(0, -1);
  const place = at % Math.max(1, content.length);
  return kind === "none" ? content : content.map((byte, i) => (i === place ? byte ^ 0x55 : byte));
}

const anyFate = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Fate>("answered") },
  { weight: 1, arbitrary: fc.constantFrom<Fate>("lost-before", "lost-after", "unavailable", "slow-down") },
  { weight: 1, arbitrary: fc.constantFrom<Fate>("killed-before", "killed-after") },
);
const anyLife = fc.record({
  fates: fc.array(anyFate, { maxLength: 25 }),
  edit: fc.record({
    kind: fc.constantFrom("none", "change", "longer", "shorter"),
    at: fc.nat(400_000),
  }) as fc.Arbitrary<Edit>,
});

describe("an upload that is broken off anywhere and gone on with, from a file that may have been edited", () => {
  it("never sends two different bytes under one key at one offset, and ends as the file was sealed last", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(330_000), fc.array(anyLife, { maxLength: 5 }), async (size, lives) => {
        const server = new PartsServer(partLength);
        const journal = memoryJournal();
        let content: Uint8Array = randomBytes(size);
        for (const { fates, edit } of lives) {
          const life = aLife(server, journal, fatesOf(fates));
          const resume = await pendingVer(journal);
          await attempt({ life, content, ...(resume === undefined ? {} : { resume }) });
          content = edited(content, edit);
        }
        const resume = await pendingVer(journal);
        const last = { life: aLife(server, journal), content, ...(resume === undefined ? {} : { resume }) };
        const done = await attempt(last);
        if (done === "killed") throw new Error("nobody killed it");
        expect(await twoTimePads(server)).toEqual([]);
        expect(Buffer.compare(await openStored(server, done), content)).toBe(0);
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  it("is decided by whichever of two processes noted a part first", async () => {
    const schedules = fc.scheduler();
    await fc.assert(
      fc.asyncProperty(schedules, fc.nat(200_000), async (scheduler, at) => {
        const server = new PartsServer(partLength);
        const storage = memoryJournal();
        const content = randomBytes(200_000);
        await attempt({ life: aLife(server, storage, fatesOf(["answered", "answered", "killed-after"])), content });
        const resume = await pendingVer(storage);
        if (resume === undefined) throw new Error("nothing is pending");
        const journal = { ...storage, notePart: scheduler.scheduleFunction(storage.notePart) };
        const contents = [content, edited(content, { kind: "change", at })];
        const both = contents.map((one) => attempt({ life: aLife(server, journal), content: one, resume }));
        await scheduler.waitFor(Promise.allSettled(both));
        expect(await twoTimePads(server)).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });
});
