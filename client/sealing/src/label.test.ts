import { newId, randomBytes } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import { generateIdentity, jcsCodec, objectField, textField } from "@afterkeep/formats";
import { describe, expect, it } from "vitest";
import { openLabel, sealLabel } from "./label.ts";
import { openRecipientSlot, sealRecipientSlot } from "./recipient-slot.ts";

const codec = jcsCodec(objectField<{ name: string }>({ name: textField(500) }), 4096);
const place = { account: newId(1), id: newId(2), rev: 3 };

describe("a sealed label", () => {
  const rootKey = randomBytes(32);

  it("opens with the root key in its own place, and only there", () => {
    const sealed = sealLabel(rootKey, place, codec, { name: "my sister" });
    expect(openLabel(rootKey, place, codec, sealed)).toEqual({ name: "my sister" });
    for (const other of [
      { ...place, account: newId(9) },
      { ...place, id: newId(9) },
      { ...place, rev: 2 },
    ]) {
      expect(() => openLabel(rootKey, other, codec, sealed)).toThrow(DecryptionError);
    }
    expect(() => openLabel(randomBytes(32), place, codec, sealed)).toThrow(DecryptionError);
  });

  it("has one size for short and shorter names", () => {
    const sizes = ["a", "a longer name", ""].map((name) => sealLabel(rootKey, place, codec, { name }).length);
    expect(new Set(sizes).size).toBe(1);
  });
});

describe("a recipient's passphrase slot", () => {
  const cheapest = { memoryKiB: 19_456, passes: 2, lanes: 1 };

  it("gives the identity back for the passphrase, and nothing for another one or another person", async () => {
    const secrets = { identity: await generateIdentity(), ownerKey: randomBytes(32) };
    const who = { account: place.account, r: place.id };
    const slot = await sealRecipientSlot("violet harbour telescope", who, secrets, randomBytes, cheapest);
    expect(await openRecipientSlot("violet harbour telescope", who, slot)).toEqual(secrets);
    await expect(openRecipientSlot("violet harbour telescop", who, slot)).rejects.toThrow(DecryptionError);
    await expect(openRecipientSlot("violet harbour telescope", { ...who, r: newId(8) }, slot)).rejects.toThrow(
      DecryptionError,
    );
    const cheap = { ...slot, cost: { ...cheapest, passes: 1 } };
    await expect(openRecipientSlot("violet harbour telescope", who, cheap)).rejects.toThrow(DecryptionError);
  });
});
