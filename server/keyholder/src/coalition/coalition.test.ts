import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { decodeBase64url } from "@afterkeep/bytes";
import {
  ageOpenSmall,
  type AgeIdentity,
  bequestContext,
  generateIdentity,
  parseIdentity,
  recipientOf,
} from "@afterkeep/formats";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { contextOf } from "../deposit/import-deposit.ts";
import { openShare } from "../keys/share-vault.ts";
import { armed, depositShare, type Generation, policyOf, type SealedParts } from "../testing/a-bequest.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "../testing/a-keyholder.ts";
import { anOwner, aPerson, Owner, type Person } from "../testing/an-owner.ts";
import { fetchShare, silence } from "../testing/a-silence.ts";
import { openGate, placeOf } from "../testing/open-gate.ts";

const asApi = { caller: "api", requestId: "test" } as const;
const asClock = { caller: "clock", requestId: "test" } as const;

/** Every byte string of 32 that lies in some files: raw at every offset would be too many, so every encoded one and the key files. */
function candidatesIn(folder: string): Uint8Array[] {
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name)).toString("latin1"));
  const found = texts.flatMap((text) => text.match(/(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g) ?? []);
  return [...new Set(found)].flatMap((text) => {
    try {
      return [decodeBase64url(text)];
    } catch {
      return [];
    }
  });
}

const slotRow = z.object({
  account: z.string(),
  b: z.string(),
  g: z.int(),
  r: z.string(),
  age_key: z.string(),
  share: z.instanceof(Uint8Array).nullable(),
});

function rowsOf(folder: string): z.infer<typeof slotRow>[] {
  const database = new DatabaseSync(join(folder, "keyholder.sqlite"), { readOnly: true });
  const rows = database.prepare("select account, b, g, r, age_key, share from slot").all();
  database.close();
  return rows.map((row) => slotRow.parse(row));
}

/** What somebody does who has the keyholder's disk and its KEK: its own code on its own bytes. */
function sharesOf(folder: string): { g: number; r: string; share: Uint8Array }[] {
  const kek = decodeBase64url(readFileSync(join(folder, "share.kek"), "utf8"));
  return rowsOf(folder).flatMap((slot) => {
    if (slot.share === null) return [];
    return [{ g: slot.g, r: slot.r, share: openShare(kek, contextOf(slot, slot.age_key), slot.share) }];
  });
}

/** Tries every secret on every gate with the identities at hand; the bequest's identity if any opens. */
async function tryAll(
  owner: Owner,
  person: Person,
  b: string,
  parts: SealedParts,
  secrets: readonly Uint8Array[],
  identities: readonly AgeIdentity[],
): Promise<AgeIdentity | null> {
  const { outer, path, place } = parts;
  for (const share of secrets.filter(({ length }) => length === 32)) {
    for (const identity of identities) {
      const gate = placeOf(owner, person, b, place.g);
      const opened = await openGate(gate, owner.ownerKey.publicKey, identity, { share, outer, path }).catch(() => null);
      if (opened !== null) return opened;
    }
  }
  return null;
}

type Scene = { owner: Owner; person: Person; bequest: Generation & { policyHash: string }; parts: SealedParts };

async function aScene(test: TestKeyholder): Promise<Scene> {
  const [owner, person] = [await anOwner(test), await aPerson()];
  const bequest = await armed(owner, [person]);
  const parts = bequest.parts[0];
  if (parts === undefined) throw new Error("nothing was deposited");
  return { owner, person, bequest, parts };
}

/** Everything that the api and clock zones can make the keyholder say about an account, asked at one moment. */
async function everythingSaid(test: TestKeyholder, { owner, person, bequest }: Scene): Promise<string> {
  const { handlers } = test.keyholder;
  const place = { account: owner.account, b: bequest.b, r: person.r };
  const answers = await Promise.allSettled([
    handlers.info({}, asApi),
    handlers.challenge({ account: owner.account, purpose: "control" }, asApi),
    handlers.depositKey({ account: owner.account, b: bequest.b, g: 1, r: person.r }, asApi),
    handlers.switches({ account: owner.account }, asApi),
    handlers.mintToken({ account: owner.account }, asClock),
    (async () => handlers.prove(place, asApi))(),
    (async () => handlers.grant({ ...place, decisionId: person.r, nonce: bequest.policyHash }, asApi))(),
  ]);
  return JSON.stringify(answers);
}

/** All 32-byte values in a text, and all longer ones as they are. */
function secretsIn(text: string): Uint8Array[] {
  return (text.match(/[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g) ?? []).flatMap((found) => {
    try {
      return [decodeBase64url(found)];
    } catch {
      return [];
    }
  });
}

describe("who can open early, on bytes", () => {
  it("recipient and keyholder together can: the labelled limit without guardians, and the proof that the others could fail", () =>
    withKeyholder(async (test) => {
      const { owner, person, bequest, parts } = await aScene(test);
      const shares = sharesOf(await test.backUp()).map(({ share }) => share);
      expect(await tryAll(owner, person, bequest.b, parts, shares, [person.identity])).toBe(bequest.identity);
    }));

  it("the operator with all zones, keys and backups cannot without the recipient", () =>
    withKeyholder(async (test) => {
      const { owner, person, bequest, parts } = await aScene(test);
      const backup = await test.backUp();
      const blob = parseIdentity(readFileSync(join(backup, "blob.identity"), "utf8").trim());
      const own = [blob, await generateIdentity("hybrid")];
      const secrets = [...sharesOf(backup).map(({ share }) => share), ...candidatesIn(backup)];
      expect(secrets.length).toBeGreaterThan(5);
      expect(await tryAll(owner, person, bequest.b, parts, secrets, own)).toBeNull();
      // The gate itself opens for the keyholder; what it holds is still sealed to the recipient alone.
      for (const identity of own) expect(await ageOpenSmall(identity, parts.outer).catch(() => null)).toBeNull();
    }));

  it("the recipient with api, database and clock cannot before the deadlines, whatever they make the keyholder say", () =>
    withKeyholder(async (test) => {
      const scene = await aScene(test);
      const { owner, person, bequest, parts } = scene;
      let said = "";
      for (let day = 0; day < 46; day += 2) {
        said += await everythingSaid(test, scene);
        await silence(test, 2 * dayMs);
      }
      const secrets = secretsIn(said);
      expect(secrets.length).toBeGreaterThan(50);
      expect(await tryAll(owner, person, bequest.b, parts, secrets, [person.identity])).toBeNull();
      await silence(test, 2 * dayMs);
      const { grant } = await fetchShare(owner, bequest.b, person);
      expect(await tryAll(owner, person, bequest.b, parts, [grant.share], [person.identity])).toBe(bequest.identity);
    }));

  it("a thief of the store without the KEK cannot, even as the recipient", () =>
    withKeyholder(async (test) => {
      const { owner, person, bequest, parts } = await aScene(test);
      const backup = await test.backUp();
      rmSync(join(backup, "share.kek"));
      expect(() => sharesOf(backup)).toThrow();
      expect(await tryAll(owner, person, bequest.b, parts, candidatesIn(backup), [person.identity])).toBeNull();
    }));

  it("the api, the database or a backup thief alone cannot, also after the release", () =>
    withKeyholder(async (test) => {
      const scene = await aScene(test);
      const { owner, person, bequest, parts } = scene;
      await silence(test, 48 * dayMs);
      const said = await everythingSaid(test, scene);
      const thief = [await generateIdentity("hybrid")];
      expect(await tryAll(owner, person, bequest.b, parts, secretsIn(said), thief)).toBeNull();
      await expect(
        fetchShare(owner, bequest.b, { r: person.r, identity: thief[0] ?? person.identity }),
      ).rejects.toThrow();
    }));

  it("a former recipient cannot after a re-key, with everything that is left and their own old share", () =>
    withKeyholder(async (test) => {
      const { owner, person, bequest, parts } = await aScene(test);
      const staying = await aPerson();
      const old = sharesOf(await test.backUp());
      const pin = await owner.pin(staying);
      const identity = await generateIdentity("hybrid");
      const next = await depositShare(owner, identity, { b: bequest.b, g: 2, person: staying });
      const again = { ...bequest, g: 2, identity, bi: bequest.bi, parts: [next], pins: [pin] };
      await rekey(owner, again);
      await silence(test, 8 * dayMs);
      const now = sharesOf(await test.backUp());
      expect(now.map(({ g, r }) => [g, r])).toEqual([[2, staying.r]]);
      const secrets = [...old, ...now].map(({ share }) => share);
      expect(await tryAll(owner, staying, bequest.b, next, secrets, [person.identity])).toBeNull();
      // Said honestly: the old generation stays open to who kept its wraps and a backup of its share.
      expect(await tryAll(owner, person, bequest.b, parts, secrets, [person.identity])).toBe(bequest.identity);
      await silence(test, 60 * dayMs);
      await expect(fetchShare(owner, bequest.b, person)).rejects.toThrow("not-granted");
    }));

  it("two recipients cannot open each other's gate with their shares", () =>
    withKeyholder(async (test) => {
      const [owner, one, other] = [await anOwner(test), await aPerson(), await aPerson()];
      const { b, parts } = await armed(owner, [one, other]);
      await silence(test, 48 * dayMs);
      const { grant } = await fetchShare(owner, b, one);
      const theirs = parts.find(({ place }) => place.r === other.r);
      if (theirs === undefined) throw new Error("no parts");
      expect(await tryAll(owner, other, b, theirs, [grant.share], [one.identity])).toBeNull();
    }));

  it("a stolen cookie or locked device cannot: without the device key nothing it says counts", () =>
    withKeyholder(async (test) => {
      const { owner, person, bequest } = await aScene(test);
      const thief = new Owner(test);
      Object.assign(thief, { account: owner.account, head: owner.head });
      await expect(thief.checkIn()).rejects.toThrow("device-unknown");
      await expect(thief.pin(person)).rejects.toThrow("statement-signature");
      const disarm = await thief.signDisarm(bequest.b, bequest.policyHash);
      await expect(thief.submit("disarm", disarm)).rejects.toThrow("statement-signature");
      const policy = thief.signAndSubmit("policy", policyOf(thief, bequest));
      await expect(policy).rejects.toThrow("statement-signature");
    }));

  it("a share of one store opens nothing when its row is moved under another account, bequest or key", () =>
    withKeyholder(async (test) => {
      const { owner, person, bequest } = await aScene(test);
      const backup = await test.backUp();
      const kek = decodeBase64url(readFileSync(join(backup, "share.kek"), "utf8"));
      const [row] = rowsOf(backup);
      if (row === undefined || row.share === null) throw new Error("no share");
      const place = { account: owner.account, b: bequest.b, g: 1, r: person.r, recipient: person.ageKey };
      expect(openShare(kek, bequestContext(place), row.share).length).toBe(32);
      const thief = await aPerson();
      for (const moved of [
        { g: 2 },
        { r: thief.r },
        { recipient: thief.ageKey },
        { b: thief.r },
        { account: thief.r },
      ]) {
        const stolen = row.share;
        expect(() => openShare(kek, bequestContext({ ...place, ...moved }), stolen)).toThrow("could not be decrypted");
      }
    }));
});

async function rekey(owner: Owner, generation: Generation): Promise<void> {
  const { b, g, manifestHash } = generation;
  await owner.signAndSubmit("manifest", (fields) => ({ ...fields, b, g, mseq: 1, manifestHash }));
  const bi = await recipientOf(generation.identity);
  await owner.signAndSubmit("policy", policyOf(owner, { ...generation, bi }));
}
