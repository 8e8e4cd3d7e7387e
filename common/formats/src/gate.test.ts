import { describe, expect, it } from "vitest";
import { encodeUtf8, MalformedError, newId, randomBytes } from "@afterkeep/bytes";
import { DecryptionError, generateSigningKey, thumbBytes, wrap } from "@afterkeep/crypto";
import { type AgeRecipient, generateIdentity, recipientOf } from "./age-keys.ts";
import { ageSealSmall } from "./age-small.ts";
import { bequestContext, type BequestPlace } from "./bequest.ts";
import { contactCommit, partHash, shareCommit } from "./commitments.ts";
import { openDeposit, sealDeposit } from "./deposit.ts";
import { openInner, openOuter, openPath, sealInner, sealOuter, sealPath } from "./gate.ts";
import { openGrant, openProofChallenge, sealGrant, sealProofChallenge } from "./grant.ts";
import { encodeJcs } from "./jcs.ts";

const now = 1_700_000_000_000;
const person = await generateIdentity();
const otherPerson = await generateIdentity();
const bequestIdentity = await generateIdentity();
const personKey: AgeRecipient = await recipientOf(person);
const otherKey: AgeRecipient = await recipientOf(otherPerson);
const owner = thumbBytes(generateSigningKey().publicKey);
const otherOwner = thumbBytes(generateSigningKey().publicKey);

const place: BequestPlace = { account: newId(now), b: newId(now), g: 1, r: newId(now), recipient: personKey };
const B = bequestContext(place);
const [share, gateKey] = [randomBytes(32), randomBytes(32)];
const inner = await sealInner(place, bequestIdentity, owner);
const outer = sealOuter(gateKey, B, inner);
const W = sealPath(share, B, gateKey);

const elsewhere: [string, BequestPlace][] = [
  ["account", { ...place, account: newId(now) }],
  ["bequest", { ...place, b: newId(now) }],
  ["generation", { ...place, g: 2 }],
  ["recipient", { ...place, r: newId(now) }],
  ["recipient's key", { ...place, recipient: otherKey }],
];

describe("the gate of a bequest", () => {
  it("opens from the keyholder's share to the bequest's key, for the recipient", async () => {
    const opened = openOuter(openPath(share, B, W), B, outer);
    expect(await openInner(person, opened, B, owner)).toBe(bequestIdentity);
  });

  it("stays shut without the share, for its holder too", () => {
    expect(() => openPath(randomBytes(32), B, W)).toThrow(DecryptionError);
    expect(() => openOuter(randomBytes(32), B, outer)).toThrow(DecryptionError);
  });

  it("stays shut for anybody but the recipient, share or not", async () => {
    await expect(openInner(otherPerson, inner, B, owner)).rejects.toThrow(DecryptionError);
  });

  it.each(elsewhere)("does not open as another %s's", async (_, other) => {
    const foreign = bequestContext(other);
    expect(foreign).toHaveLength(128);
    expect(() => openPath(share, foreign, W)).toThrow(DecryptionError);
    expect(() => openOuter(gateKey, foreign, outer)).toThrow(DecryptionError);
    await expect(openInner(person, inner, foreign, owner)).rejects.toThrow(DecryptionError);
  });

  it("does not open as another owner's: anybody can seal to a public key", async () => {
    await expect(openInner(person, inner, B, otherOwner)).rejects.toThrow(DecryptionError);
  });

  it("refuses paths of later versions instead of ignoring their mask", () => {
    for (const path of [
      { pathId: 1, mask: 3 },
      { pathId: 2, mask: 1 },
      { pathId: 1, mask: 0 },
      { pathId: 1, mask: 5 },
    ]) {
      expect(() => sealPath(share, B, gateKey, path)).toThrow(MalformedError);
      expect(() => openPath(share, B, W, path)).toThrow(MalformedError);
    }
  });

  it("does not take an outer for a path or the other way round", () => {
    expect(() => openPath(share, B, sealOuter(share, B, gateKey))).toThrow(DecryptionError);
    expect(() => openOuter(share, B, wrap(share, encodeUtf8("x"), encodeUtf8("x"), inner))).toThrow(DecryptionError);
  });

  it("refuses an inner with anything else in it", async () => {
    const body = encodeJcs({ bequest: "AAAA", identity: bequestIdentity, owner: "AAAA" });
    for (const content of [body, encodeUtf8("{}"), new Uint8Array(0)]) {
      await expect(openInner(person, await ageSealSmall([personKey], content), B, owner)).rejects.toThrow(
        DecryptionError,
      );
    }
  });

  it("takes only shares and keys of 32 bytes", () => {
    expect(() => sealPath(randomBytes(31), B, gateKey)).toThrow(MalformedError);
    expect(() => sealPath(share, B, randomBytes(16))).toThrow(MalformedError);
    expect(() => sealOuter(randomBytes(16), B, inner)).toThrow(MalformedError);
  });
});

describe("commitments", () => {
  it("name one share of one bequest", () => {
    const commit = shareCommit(B, share);
    expect(shareCommit(B, randomBytes(32))).not.toEqual(commit);
    for (const [, other] of elsewhere) expect(shareCommit(bequestContext(other), share)).not.toEqual(commit);
    expect(partHash(outer)).not.toEqual(partHash(W));
  });

  it("name one address of one person, only with the salt", () => {
    const salt = randomBytes(32);
    const commit = contactCommit(place.account, place.r, salt, "ada@example.org");
    expect(contactCommit(place.account, place.r, salt, "ada@example.org")).toEqual(commit);
    expect(contactCommit(place.account, place.r, salt, "eve@example.org")).not.toEqual(commit);
    expect(contactCommit(place.account, place.r, randomBytes(32), "ada@example.org")).not.toEqual(commit);
    expect(contactCommit(place.account, newId(now), salt, "ada@example.org")).not.toEqual(commit);
    expect(contactCommit(newId(now), place.r, salt, "ada@example.org")).not.toEqual(commit);
    expect(() => contactCommit(place.account, place.r, randomBytes(16), "a")).toThrow(MalformedError);
  });
});

describe("deposit, proof and grant", () => {
  const deposit = { bequest: new Uint8Array(B), owner, share };
  const challenge = { bequest: new Uint8Array(B), decisionId: newId(now), nonce: randomBytes(32) };
  const hashes = { manifestHash: randomBytes(32), policyHash: randomBytes(32), outerHash: partHash(outer) };
  const grant = { bequest: new Uint8Array(B), share, decisionId: newId(now), ...hashes };

  it("come back for the key they were sealed to, and for no other", async () => {
    const files = {
      deposit: await sealDeposit(personKey, deposit),
      challenge: await sealProofChallenge(personKey, challenge),
      grant: await sealGrant(personKey, grant),
    };
    expect(await openDeposit(person, files.deposit)).toEqual(deposit);
    expect(await openProofChallenge(person, files.challenge)).toEqual(challenge);
    expect(await openGrant(person, files.grant)).toEqual(grant);
    await expect(openDeposit(otherPerson, files.deposit)).rejects.toThrow(DecryptionError);
    await expect(openGrant(otherPerson, files.grant)).rejects.toThrow(DecryptionError);
    await expect(openProofChallenge(otherPerson, files.challenge)).rejects.toThrow(DecryptionError);
  });

  it("are not taken for one another", async () => {
    const file = await sealGrant(personKey, grant);
    await expect(openDeposit(person, file)).rejects.toThrow(DecryptionError);
    await expect(openProofChallenge(person, file)).rejects.toThrow(DecryptionError);
    await expect(openGrant(person, await sealDeposit(personKey, deposit))).rejects.toThrow(DecryptionError);
  });

  it("are not sealed to an X25519 key", async () => {
    const classic = await recipientOf(await generateIdentity("x25519"));
    await expect(sealDeposit(classic, deposit)).rejects.toThrow(MalformedError);
    await expect(sealGrant(classic, grant)).rejects.toThrow(MalformedError);
  });
});
