import { decodeId, newId, randomBytes } from "@afterkeep/bytes";
import { DecryptionError, generateSigningKey, thumbBytes } from "@afterkeep/crypto";
import {
  type AgeIdentity,
  bequestContext,
  type Grant,
  generateIdentity,
  openOuter,
  openPath,
  recipientOf,
  sealGrant,
  sealProofChallenge,
} from "@afterkeep/formats";
import { beforeAll, describe, expect, it } from "vitest";
import { buildGeneration, type Generation } from "./generation.ts";
import { answerProof, type GrantedParts, openGeneration } from "./open-generation.ts";

const account = newId(1);
const b = newId(2);
const ownerThumb = thumbBytes(generateSigningKey().publicKey);
const decisionId = newId(9);
const policyHash = randomBytes(32);
type Person = { r: ReturnType<typeof newId>; identity: AgeIdentity };
let bo: Person;
let cy: Person;
let generation: Generation;

beforeAll(async () => {
  [bo, cy] = [
    { r: newId(3), identity: await generateIdentity() },
    { r: newId(4), identity: await generateIdentity() },
  ];
  const recipients = [];
  for (const { r, identity } of [bo, cy]) recipients.push({ r, recipient: await recipientOf(identity) });
  generation = await buildGeneration({ account, b, g: 1, ownerThumb, recipients });
});

async function placeOf(person: Person, g = 1) {
  return { account, b, g, r: person.r, recipient: await recipientOf(person.identity) };
}

function partOf(person: Person) {
  const part = generation.parts.find(({ r }) => r === person.r);
  if (part === undefined) throw new Error("no such part");
  return part;
}

/** What an honest keyholder and server hand out, with whatever a dishonest one changes. */
async function granted(
  person: Person,
  change: { grant?: Partial<Grant>; parts?: Partial<GrantedParts> } = {},
): Promise<GrantedParts> {
  const place = await placeOf(person);
  const part = partOf(person);
  const grant: Grant = {
    bequest: bequestContext(place),
    share: part.share,
    manifestHash: randomBytes(32),
    policyHash,
    outerHash: part.outerHash,
    decisionId,
    ...change.grant,
  };
  const { shareCommit, outerHash, pathHash } = part;
  return {
    identity: person.identity,
    place,
    ownerThumb,
    decisionId,
    signed: { policyHash, shareCommit, outerHash, pathHash },
    grant: await sealGrant(place.recipient, grant),
    outer: part.outer,
    path: part.path,
    ...change.parts,
  };
}

describe("a generation of a bequest", () => {
  it("opens for each of its recipients to the same bequest identity", async () => {
    for (const person of [bo, cy]) {
      expect((await openGeneration(await granted(person))).identity).toBe(generation.identity);
    }
    expect(await recipientOf(generation.identity)).toBe(generation.recipient);
  });

  it("gives every recipient their own share, gate and parts", () => {
    const [one, two] = generation.parts;
    expect(one?.share).not.toEqual(two?.share);
    expect(one?.outer).not.toEqual(two?.outer);
    expect(one?.shareCommit).not.toEqual(two?.shareCommit);
  });

  it("gives no recipient the gate to another's outer part", async () => {
    const [boContext, cyContext] = [bequestContext(await placeOf(bo)), bequestContext(await placeOf(cy))];
    const gateKey = openPath(partOf(bo).share, boContext, partOf(bo).path);
    expect(openOuter(gateKey, boContext, partOf(bo).outer)).not.toHaveLength(0);
    expect(() => openOuter(gateKey, cyContext, partOf(cy).outer)).toThrow(DecryptionError);
  });

  it("does not open for a recipient with another's share, parts or grant", async () => {
    const theirs = partOf(cy);
    const { shareCommit, outerHash, pathHash } = theirs;
    const signed = { policyHash, shareCommit, outerHash, pathHash };
    await expect(openGeneration(await granted(bo, { grant: { share: theirs.share } }))).rejects.toThrow(
      DecryptionError,
    );
    await expect(openGeneration(await granted(bo, { parts: { outer: theirs.outer } }))).rejects.toThrow(
      DecryptionError,
    );
    await expect(openGeneration(await granted(bo, { parts: { path: theirs.path } }))).rejects.toThrow(DecryptionError);
    const all = {
      grant: { share: theirs.share, outerHash },
      parts: { outer: theirs.outer, path: theirs.path, signed },
    };
    await expect(openGeneration(await granted(bo, all))).rejects.toThrow(DecryptionError);
    const stolen = (await granted(cy)).grant;
    await expect(openGeneration(await granted(bo, { parts: { grant: stolen } }))).rejects.toThrow(DecryptionError);
  });

  it("does not open under another owner, policy, decision or generation", async () => {
    const otherOwner = thumbBytes(generateSigningKey().publicKey);
    await expect(openGeneration(await granted(bo, { parts: { ownerThumb: otherOwner } }))).rejects.toThrow(
      DecryptionError,
    );
    await expect(openGeneration(await granted(bo, { grant: { policyHash: randomBytes(32) } }))).rejects.toThrow(
      DecryptionError,
    );
    await expect(openGeneration(await granted(bo, { grant: { decisionId: newId(7) } }))).rejects.toThrow(
      DecryptionError,
    );
    await expect(openGeneration(await granted(bo, { grant: { outerHash: randomBytes(32) } }))).rejects.toThrow(
      DecryptionError,
    );
    const place = await placeOf(bo, 2);
    await expect(openGeneration(await granted(bo, { parts: { place } }))).rejects.toThrow(DecryptionError);
    const elsewhere = bequestContext(await placeOf(bo, 2));
    await expect(openGeneration(await granted(bo, { grant: { bequest: elsewhere } }))).rejects.toThrow(DecryptionError);
    const { signed } = await granted(bo);
    const other = { ...signed, shareCommit: randomBytes(32) };
    await expect(openGeneration(await granted(bo, { parts: { signed: other } }))).rejects.toThrow(DecryptionError);
  });

  it("names nothing in clear: the parts for the same people differ every time", async () => {
    const recipients = [{ r: bo.r, recipient: await recipientOf(bo.identity) }];
    const again = await buildGeneration({ account, b, g: 1, ownerThumb, recipients });
    expect(again.parts[0]?.share).not.toEqual(partOf(bo).share);
    expect(again.identity).not.toBe(generation.identity);
  });
});

describe("a proof challenge", () => {
  const nonce = randomBytes(32);

  it("is answered when it is for this bequest, generation and decision", async () => {
    const place = await placeOf(bo);
    const challenge = await sealProofChallenge(place.recipient, { bequest: bequestContext(place), decisionId, nonce });
    expect(await answerProof(bo.identity, place, decisionId, challenge)).toEqual(nonce);
  });

  it("is not answered for anything else", async () => {
    const place = await placeOf(bo);
    const elsewhere = bequestContext({ ...place, b: decodeId(randomBytes(16)) });
    const challenge = await sealProofChallenge(place.recipient, { bequest: elsewhere, decisionId, nonce });
    await expect(answerProof(bo.identity, place, decisionId, challenge)).rejects.toThrow(DecryptionError);
    const other = await sealProofChallenge(place.recipient, {
      bequest: bequestContext(place),
      decisionId: newId(5),
      nonce,
    });
    await expect(answerProof(bo.identity, place, decisionId, other)).rejects.toThrow(DecryptionError);
  });
});
