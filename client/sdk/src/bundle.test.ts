import { newId } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import { ageOpenSmall, parseIdentity } from "@afterkeep/formats";
import {
  type BroughtKey,
  collectBytes,
  decodeReleaseFile,
  encodeReleaseFile,
  ForeignOwnerError,
  ManifestMissingError,
  openPassphraseFile,
  openReleasedBequest,
  openSavedDocument,
  openSavedRelease,
  parseKeyFile,
  ReleaseMismatchError,
  type ReleaseFile,
  WrongKeyError,
} from "@afterkeep/sealing";
import {
  anEstate,
  type AnEstate,
  type ARelease,
  aRelease,
  aSealedDocument,
  objectOf,
  type WhatIsLeft,
} from "@afterkeep/sealing/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { saveBundle } from "./bundle.ts";
import type { BundleSink } from "./bundle-sink.ts";

type Folder = Map<string, Uint8Array<ArrayBuffer>>;
const passphrase = "three herons over the slow river";
const content = { will: bytes(1_300_000, 1), letter: bytes(900, 2) };
const ids = { will: newId(10), letter: newId(11) };
let estate: AnEstate;
let saved: Folder;
let key: BroughtKey;

beforeAll(async () => {
  estate = await anEstate();
  saved = await aSavedRelease(estate, { passphrase });
  key = { identity: estate.identity, ownerKey: estate.owner.publicKey };
});

function bytes(length: number, seed: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (i * seed * 7919) >> 5);
}

type Saving = {
  readonly passphrase?: string;
  readonly into?: Folder;
  readonly cut?: number;
  readonly asked?: string[];
};

async function aSavedRelease(from: AnEstate, options: Saving = {}): Promise<Folder> {
  const documents = [
    { docId: ids.will, name: "will.pdf", content: content.will },
    { docId: ids.letter, name: "letter.txt", content: content.letter },
  ];
  return saveInto(await aRelease(from, { documents, message: "Dear Bo." }), from, options);
}

/** What the server hands out of a release now, saved; with what it was asked for. */
async function saveInto(release: ARelease, from: AnEstate, options: Saving = {}): Promise<Folder> {
  const released = await openReleasedBequest(release.request);
  const { into: folder = new Map(), cut, asked = [] } = options;
  const source = {
    request: { ...release.request, ownerKey: from.owner.publicKey },
    released,
    rangeOf: ({ row }: { row: { docId: typeof ids.will } }) => {
      asked.push(row.docId);
      return objectOf(release, row);
    },
    now: () => 1_790_000_100_000,
  };
  await saveBundle({ source }, sinkOf(folder, cut), { opener: bytes(10, 1), ...options });
  return folder;
}

/** Writes into `folder`; after `cut` documents the disk is full. */
function sinkOf(folder: Folder, cut = Infinity): BundleSink {
  return {
    writeFile: async (path, data) => {
      if (path.startsWith("documents/") && cut-- <= 0) throw new Error("disk full");
      folder.set(path, data instanceof Uint8Array ? new Uint8Array(data) : await collectBytes(data));
    },
    removeFile: (path) => Promise.resolve(void folder.delete(path)),
    readFile: (path) => Promise.resolve(folder.has(path) ? new Blob([folder.get(path) ?? ""]) : null),
  };
}

function releaseOf(folder: Folder): ReleaseFile {
  return decodeReleaseFile(folder.get("release.json") ?? new Uint8Array(0));
}

async function open(folder: Folder, with_: BroughtKey = key) {
  return openSavedRelease(releaseOf(folder), with_, (path) => {
    const file = folder.get(path);
    return file === undefined ? null : new Blob([file]);
  });
}

async function read(folder: Folder, name: string): Promise<Uint8Array> {
  const { documents } = await open(folder);
  const found = documents.find(({ opened }) => opened.metadata.name === name);
  if (found === undefined) throw new Error(`${name} is not there`);
  const parts = [];
  for await (const part of openSavedDocument(found)) parts.push(part);
  return Buffer.concat(parts);
}

const pathOf = (folder: Folder, doc: string) => [...folder.keys()].findLast((path) => path.includes(doc)) ?? "";
const fileOf = (folder: Folder, doc: string) => folder.get(pathOf(folder, doc)) ?? new Uint8Array(0);
const withFile = (path: string, file: Uint8Array<ArrayBuffer>): Folder => new Map(saved).set(path, file);
const saying = (change: (file: ReleaseFile) => Partial<ReleaseFile>): Folder => {
  const file = releaseOf(saved);
  return withFile("release.json", encodeReleaseFile({ ...file, ...change(file) }));
};

describe("a saved release", () => {
  it("opens without a server to the same words, date and bytes", async () => {
    const opened = await open(saved);
    expect([opened.message, opened.decidedAt, opened.isOlder, opened.damaged]).toEqual([
      "Dear Bo.",
      1_790_000_000_000,
      false,
      [],
    ]);
    expect(Buffer.compare(await read(saved, "will.pdf"), content.will)).toBe(0);
    expect(Buffer.compare(await read(saved, "letter.txt"), content.letter)).toBe(0);
  });

  it("holds the recipient's own key only under the passphrase that was chosen, or not at all", async () => {
    const file = saved.get("identity.age") ?? new Uint8Array(0);
    expect(parseKeyFile(await openPassphraseFile(file, passphrase))).toEqual(key);
    await expect(openPassphraseFile(file, "another")).rejects.toThrow(DecryptionError);
    const without = await aSavedRelease(estate);
    expect([...without.keys()].filter((path) => path === "identity.age")).toEqual([]);
  });

  it("gives the bequest's key and the names to an age program that has the recipient's key", async () => {
    const text = new TextDecoder();
    const opened = await ageOpenSmall(estate.identity, saved.get("key.age") ?? new Uint8Array(0));
    const bequest = parseIdentity(
      text
        .decode(opened ?? undefined)
        .trim()
        .split("\n")
        .at(-1) ?? "",
    );
    const names = text.decode((await ageOpenSmall(bequest, saved.get("names.age") ?? new Uint8Array(0))) ?? undefined);
    expect(names).toContain(`${pathOf(saved, ids.will)}\twill.pdf\n`);
    expect(await ageOpenSmall(bequest, fileOf(saved, ids.letter))).toEqual(content.letter);
  });

  it("is not complete before its last file, and is saved on from what is whole of it", async () => {
    const release = await aReleaseOf(["will.pdf", "letter.txt"]);
    const [folder, asked]: [Folder, string[]] = [new Map(), []];
    await expect(saveInto(release, estate, { into: folder, cut: 1 })).rejects.toThrow("disk full");
    expect([folder.has("release.json"), folder.size]).toEqual([false, 1]);
    await saveInto(release, estate, { into: folder, asked });
    expect(asked).toEqual([ids.letter]);
    expect(Buffer.compare(await read(folder, "will.pdf"), content.will)).toBe(0);
  });
});

const names = { "will.pdf": ids.will, "letter.txt": ids.letter } as const;

function aReleaseOf(left: readonly (keyof typeof names)[], changes: Partial<WhatIsLeft> = {}): Promise<ARelease> {
  const documents = left.map((name) => ({
    docId: names[name],
    name,
    content: content[name === "will.pdf" ? "will" : "letter"],
  }));
  return aRelease(estate, { documents, message: "Dear Bo.", ...changes });
}

/** As a server that lost things hands it out. */
function withAnswers(release: ARelease, answers: Partial<ARelease["request"]["answers"]>): ARelease {
  return { ...release, request: { ...release.request, answers: { ...release.request.answers, ...answers } } };
}

describe("a release that is saved again", () => {
  it("keeps what is whole, fetches what is not, and opens at every moment of it", async () => {
    const release = await aReleaseOf(["will.pdf", "letter.txt"]);
    const folder = await saveInto(release, estate);
    const all = [...folder.keys()].sort();
    for (const damage of [
      () => folder.delete(pathOf(folder, ids.letter)),
      () => void fileOf(folder, ids.letter).fill(7, -9),
    ]) {
      damage();
      const asked: string[] = [];
      await expect(saveInto(release, estate, { into: folder, cut: 0, asked })).rejects.toThrow("disk full");
      expect(Buffer.compare(await read(folder, "will.pdf"), content.will)).toBe(0);
      await saveInto(release, estate, { into: folder, asked });
      expect([asked, [...folder.keys()].sort()]).toEqual([[ids.letter, ids.letter], all]);
      expect(Buffer.compare(await read(folder, "letter.txt"), content.letter)).toBe(0);
    }
    const asked: string[] = [];
    await saveInto(release, estate, { into: folder, asked });
    expect(asked).toEqual([]);
  });

  it("is not replaced by another one, by fewer documents, or by what is older, and says so", async () => {
    const older = { docId: ids.will, name: "will.pdf", content: content.letter };
    const release = await aReleaseOf(["will.pdf", "letter.txt"], { earlier: [[older]] });
    const folder = await saveInto(release, estate);
    const before = new Map(folder);
    const { documents, manifests } = release.request.answers;
    const worse: Record<string, [ARelease, string]> = {
      "another release": [await aReleaseOf(["will.pdf"]), "another release"],
      "a document lost": [
        withAnswers(release, { documents: documents.filter(({ docId }) => docId !== ids.letter) }),
        "one document that the server no longer has whole",
      ],
      "the newest list lost": [withAnswers(release, { manifests: manifests.slice(0, 1) }), "no longer has whole"],
    };
    for (const [name, [offered, said]] of Object.entries(worse)) {
      const refused = saveInto(offered, estate, { into: folder });
      await expect(refused, name).rejects.toMatchObject({
        code: "not-possible",
        message: expect.stringContaining(said),
      });
      expect([name, folder]).toEqual([name, before]);
    }
    const single = await aReleaseOf(["will.pdf"], { earlier: [[older]] });
    const copy = await saveInto(single, estate);
    const lost = withAnswers(single, { manifests: single.request.answers.manifests.slice(0, 1) });
    await expect(saveInto(lost, estate, { into: copy })).rejects.toThrow("something newer than the server still has");
    const { chain, ...said } = releaseOf(copy);
    copy.set("release.json", encodeReleaseFile({ ...said, chain: [...chain, chain[0] ?? ""] }));
    await expect(saveInto(single, estate, { into: copy })).rejects.toThrow("something newer than the server still has");
    copy.set("release.json", bytes(10, 3));
    await expect(saveInto(single, estate, { into: copy })).rejects.toThrow("cannot be read");
  });
});

describe("a saved release that somebody changed", () => {
  const damagedOf = async (folder: Folder) => (await open(folder)).damaged;

  it("names a document whose file is another's, an older version, of another release, or gone", async () => {
    const path = pathOf(saved, ids.letter);
    const other = await aSavedRelease(estate);
    const bequest = (await open(saved)).identity;
    const older = await aSealedDocument(bytes(900, 3), { identity: bequest, docId: ids.letter });
    const olderFile = Buffer.concat([older.stored.header, older.object.subarray(0, older.entry.payloadLen)]);
    const files = [fileOf(saved, ids.will), fileOf(other, ids.letter), new Uint8Array(olderFile)];
    for (const file of files) expect(await damagedOf(withFile(path, file))).toEqual([ids.letter]);
    const gone = new Map(saved);
    gone.delete(path);
    expect(await damagedOf(gone)).toEqual([ids.letter]);
    expect(await damagedOf(withFile(path, new Uint8Array(0)))).toEqual([ids.letter]);
  });

  it("gives out no byte of a slice that is not the owner's", async () => {
    const file = fileOf(saved, ids.will);
    const path = pathOf(saved, ids.will);
    const flipped = new Uint8Array(file);
    flipped.set([(file.at(-5) ?? 0) ^ 1], file.length - 5);
    const longer = new Uint8Array(file.length + 1);
    longer.set(file);
    const changed = [flipped, file.slice(0, -1), file.slice(0, file.length >> 1), longer];
    for (const one of changed) await expect(read(withFile(path, one), "will.pdf")).rejects.toThrow(DecryptionError);
    const leaves = saying(({ documents }) => ({
      documents: documents.map((row) => ({ ...row, leaves: new Uint8Array(row.leaves.length) })),
    }));
    await expect(read(leaves, "will.pdf")).rejects.toThrow(DecryptionError);
  });

  it("does not open under a decision, grant, chain or keyholder that is not its own", async () => {
    const other = releaseOf(await aSavedRelease(estate));
    const stranger = releaseOf(await aSavedRelease(await anEstate({ identity: estate.identity })));
    const lies: Record<string, Partial<ReleaseFile>> = {
      "another decision": { release: other.release },
      "another decision, by name too": { release: other.release, decisionId: other.decisionId },
      "another grant": { grant: other.grant },
      "another outer part": { outer: other.outer },
      "another path": { path: other.path },
      "another keyholder": { keyholder: stranger.keyholder },
      "another mode": {
        keyholder: { ...other.keyholder, publicKey: releaseOf(saved).keyholder.publicKey, mode: "demo" },
      },
      "another chain": { chain: other.chain },
      "a stranger's chain": { chain: stranger.chain },
      "a cut chain": { chain: releaseOf(saved).chain.slice(0, 3) },
      "no chain": { chain: [] },
      "another bequest": { b: other.b },
      "another generation": { g: 2 },
      "another recipient's place": { r: newId(7) },
      "another account": { account: newId(8) },
    };
    for (const [name, lie] of Object.entries(lies)) {
      const refused = await open(saying(() => lie)).catch((error: unknown) => error);
      expect([name, refused]).toEqual([name, expect.any(ReleaseMismatchError)]);
    }
  });

  it("is refused as a whole when all of it is somebody else's, and shows it by its words where nothing else can", async () => {
    const forged = await aSavedRelease(await anEstate({ identity: estate.identity }));
    await expect(open(forged)).rejects.toThrow(ForeignOwnerError);
    const posing = new Map(forged).set(
      "release.json",
      encodeReleaseFile({ ...releaseOf(forged), ownerKey: new Uint8Array(estate.owner.publicKey) }),
    );
    await expect(open(posing)).rejects.toThrow(ReleaseMismatchError);
    await expect(open(posing, { ...key, ownerKey: null })).rejects.toThrow(ReleaseMismatchError);
    expect(releaseOf(forged).ownerKey).not.toEqual(estate.owner.publicKey);
  });

  it("opens the older list when only that is left, and says so; without any list it does not open", async () => {
    const older = await open(saying(({ manifests }) => ({ manifests: manifests.slice(0, 1) })));
    expect([older.isOlder, older.documents.map(({ entry }) => entry.docId)]).toEqual([true, [ids.will]]);
    await expect(open(saying(() => ({ manifests: [] })))).rejects.toThrow(ManifestMissingError);
    const other = releaseOf(await aSavedRelease(estate));
    await expect(open(saying(() => ({ manifests: other.manifests })))).rejects.toThrow(ManifestMissingError);
  });

  it("does not open with another key", async () => {
    const { identity } = await anEstate();
    await expect(open(saved, { identity, ownerKey: null })).rejects.toThrow(WrongKeyError);
  });
});
