import { describe, expect, it } from "vitest";
import { concatBytes, copyBytes, decodeUtf8, encodeUtf8, MalformedError } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import { Decrypter, Encrypter } from "age-encryption";
import { encodeHeader, parseHeader } from "./age-header.ts";
import { generateIdentity, parseIdentity, parseHybridRecipient, parseRecipient, recipientOf } from "./age-keys.ts";
import { ageOpenMine, ageOpenSmall, ageSealSmall } from "./age-small.ts";
import { createHeader, newFileKey, openHeader, stanzaClass, unwrapFileKey } from "./file-key.ts";
import { sealPayload } from "./stream.ts";

const owner = await generateIdentity("hybrid");
const bequest = await generateIdentity("hybrid");
const stranger = await generateIdentity("hybrid");
const classic = await generateIdentity("x25519");
const [ownerKey, bequestKey, classicKey] = await Promise.all([owner, bequest, classic].map(recipientOf));
if (ownerKey === undefined || bequestKey === undefined || classicKey === undefined) throw new Error("no keys");
const fileKey = newFileKey();

describe("document headers", () => {
  it("open for each recipient and for nobody else", async () => {
    const header = await createHeader(fileKey, [ownerKey, bequestKey]);
    expect(await openHeader(header, [owner])).toEqual(fileKey);
    expect(await openHeader(header, [stranger, bequest])).toEqual(fileKey);
    expect(await openHeader(header, [stranger])).toBeNull();
    expect(await openHeader(header, [classic])).toBeNull();
  });

  it("are standard: typage opens the whole file, and we open typage's", async () => {
    const plaintext = encodeUtf8("a will");
    for (const [identity, recipient] of [
      [owner, ownerKey],
      [classic, classicKey],
    ] as const) {
      const file = concatBytes(await createHeader(fileKey, [recipient]), sealPayload(fileKey, plaintext));
      const decrypter = new Decrypter();
      decrypter.addIdentity(identity);
      expect(copyBytes(await decrypter.decrypt(file))).toEqual(plaintext);
      const encrypter = new Encrypter();
      encrypter.addRecipient(recipient);
      expect(await ageOpenSmall(identity, await encrypter.encrypt(plaintext))).toEqual(plaintext);
    }
  });

  it("show the same number of stanzas for one recipient and for four", async () => {
    const counts = await Promise.all(
      [[ownerKey], [ownerKey, bequestKey]].map(async (keys) => parseHeader(await createHeader(fileKey, keys)).stanzas),
    );
    expect(counts.map((stanzas) => stanzas.length)).toEqual([4, 4]);
    for (const stanza of counts.flat()) {
      expect(stanza.args[0]).toBe("mlkem768x25519");
      expect(stanza.body).toHaveLength(32);
    }
    expect([1, 4, 5, 8, 9, 500].map(stanzaClass)).toEqual([4, 4, 8, 8, 16, 512]);
  });

  it("do not put the owner's stanza always first", async () => {
    const places = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const stanzas = parseHeader(await createHeader(fileKey, [ownerKey])).stanzas;
        const opens = await Promise.all(
          stanzas.map((s) => openHeader(encodeHeader([s], fileKey), [owner]).catch(() => null)),
        );
        return opens.findIndex((key) => key !== null);
      }),
    );
    expect(new Set(places).size).toBeGreaterThan(1);
    expect(places).not.toContain(-1);
  });

  it("are not written for mixed, repeated or no recipients", async () => {
    for (const keys of [[ownerKey, classicKey], [ownerKey, ownerKey], []]) {
      await expect(createHeader(fileKey, keys)).rejects.toThrow(MalformedError);
      await expect(ageSealSmall(keys, fileKey)).rejects.toThrow(MalformedError);
    }
  });

  it("are not opened with an X25519 stanza beside a hybrid one, whoever wrote it", async () => {
    const encrypter = new Encrypter();
    encrypter.addRecipient(ownerKey);
    encrypter.addRecipient(classicKey);
    const file = await encrypter.encrypt("x");
    const header = file.slice(0, parseHeader(file).length);
    expect(await unwrapFileKey(header, [owner])).not.toBeNull();
    await expect(openHeader(header, [owner])).rejects.toThrow(MalformedError);
    await expect(ageOpenSmall(owner, file)).rejects.toThrow(MalformedError);
  });

  it("are not opened with a stanza of another tool", async () => {
    const stanzas = parseHeader(await createHeader(fileKey, [ownerKey], { pad: "exact" })).stanzas;
    const header = encodeHeader([...stanzas, { args: ["joint-grease", "x"], body: new Uint8Array(3) }], fileKey);
    expect(await unwrapFileKey(header, [owner])).toEqual(fileKey);
    await expect(openHeader(header, [owner])).rejects.toThrow(MalformedError);
  });

  it("are not opened once a stanza was taken out, moved, or the MAC changed", async () => {
    const header = await createHeader(fileKey, [ownerKey, bequestKey]);
    const { stanzas, mac } = parseHeader(header);
    const text = decodeUtf8(header);
    const macLine = text.slice(text.indexOf("---"));
    const withOldMac = (list: typeof stanzas) =>
      encodeUtf8(decodeUtf8(encodeHeader(list, fileKey)).replace(/---[^]*$/, () => macLine));
    for (const list of [stanzas.slice(1), [...stanzas].reverse(), [...stanzas, ...stanzas.slice(0, 1)]]) {
      await expect(openHeader(withOldMac(list), [owner, bequest])).rejects.toThrow(DecryptionError);
    }
    expect(mac).toHaveLength(32);
    await expect(openHeader(encodeHeader(stanzas, newFileKey()), [owner])).rejects.toThrow(DecryptionError);
  });

  it("end where they end: bytes behind the header are refused", async () => {
    const header = await createHeader(fileKey, [ownerKey]);
    await expect(openHeader(concatBytes(header, Uint8Array.of(10)), [owner])).rejects.toThrow(MalformedError);
  });

  it("are not written under a file key of another length", async () => {
    await expect(createHeader(new Uint8Array(32), [ownerKey])).rejects.toThrow(MalformedError);
  });
});

describe("small sealed bodies", () => {
  it("open for the recipient only, and only unchanged", async () => {
    const file = await ageSealSmall([ownerKey], encodeUtf8("hello"));
    expect(await ageOpenMine(owner, file)).toEqual(encodeUtf8("hello"));
    expect(await ageOpenSmall(stranger, file)).toBeNull();
    await expect(ageOpenMine(stranger, file)).rejects.toThrow(DecryptionError);
    for (const at of [30, file.length - 40, file.length - 1]) {
      const changed = copyBytes(file);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await expect(ageOpenMine(owner, changed)).rejects.toThrow(DecryptionError);
    }
    await expect(ageOpenMine(owner, file.subarray(0, -1))).rejects.toThrow(DecryptionError);
  });
});

describe("age keys", () => {
  it("are read only in their exact form", () => {
    expect(parseRecipient(classicKey)).toBe(classicKey);
    expect(parseHybridRecipient(ownerKey)).toBe(ownerKey);
    expect(() => parseHybridRecipient(classicKey)).toThrow(MalformedError);
    const flipped = ownerKey.slice(0, -1) + (ownerKey.endsWith("q") ? "p" : "q");
    for (const text of [
      ownerKey.toUpperCase(),
      `${ownerKey} `,
      flipped,
      classicKey.slice(1),
      "age1",
      "",
      "ssh-ed25519 AAAA",
    ]) {
      expect(() => parseRecipient(text)).toThrow(MalformedError);
    }
    // A valid recipient of a hardware key, which this version does not know.
    const tagged = "age1tag1qgpsxqcrqvpsxqcrqvpsxqcrqvpsxqcrqvpsxqcrqvpsxqcrqvpsxy7rj7q";
    expect(() => new Encrypter().addRecipient(tagged)).not.toThrow();
    expect(() => parseRecipient(tagged)).toThrow(MalformedError);
    for (const text of [owner.toLowerCase(), `${owner}\n`, owner.slice(0, -1), classic.replace("1", "2"), ownerKey]) {
      expect(() => parseIdentity(text)).toThrow(MalformedError);
    }
  });
});
