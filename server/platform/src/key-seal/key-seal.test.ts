import { createDecipheriv, hkdfSync } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Mode } from "../zone/zone-environment.ts";
import { type KeySeal, openKeySeal } from "./key-seal.ts";

const line = "a secret of the operator's, of more than 32 bytes";
const content = '{"kek":"of the kms"}';

type Ask = { name?: "kms" | "keyholder"; mode?: Mode; secret?: string };

/** The seal that a zone gets for a secret; without one, for none. */
async function aSeal({ name = "kms", mode = "local", secret }: Ask): Promise<KeySeal> {
  const folder = await mkdtemp(join(tmpdir(), "afterkeep-seal-"));
  try {
    const [dataDir, sealFile] = [join(folder, "data", name), join(folder, "seal")];
    await mkdir(dataDir, { recursive: true });
    if (secret === undefined) return await openKeySeal({ name, mode, dataDir });
    await writeFile(sealFile, secret, { mode: 0o600 });
    return await openKeySeal({ name, mode, dataDir, sealFile });
  } finally {
    await rm(folder, { recursive: true });
  }
}

const lp = (bytes: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};
const context = (...fields: string[]) => Buffer.concat(fields.map((field) => lp(Buffer.from(field, "latin1"))));

/** The specification followed by hand, with the platform's own cryptography: specs/fields-at-rest.md, Sealed key files. */
function openByHand(text: string): string {
  const { v, sealed } = JSON.parse(text) as { v: number; sealed: string };
  expect(v).toBe(2);
  const bytes = Buffer.from(sealed, "base64url");
  const place = context("afterkeep/v1/key-file", "kms", "keys.json");
  const root = Buffer.from(hkdfSync("sha256", line, "", context("afterkeep/v1/key-seal", "kms"), 32));
  const derived = Buffer.from(hkdfSync("sha256", root, bytes.subarray(0, 32), place, 64));
  expect(derived.subarray(32)).toEqual(bytes.subarray(32, 64));
  const cipher = createDecipheriv("chacha20-poly1305", derived.subarray(0, 32), Buffer.alloc(12), {
    authTagLength: 16,
  });
  cipher.setAAD(place, { plaintextLength: bytes.length - 80 }).setAuthTag(bytes.subarray(-16));
  return Buffer.concat([cipher.update(bytes.subarray(64, -16)), cipher.final()]).toString("utf8");
}

describe("a zone's key seal", () => {
  it("seals so that the secret opens it again, each time other bytes, none of them the content", async () => {
    const seal = await aSeal({ secret: line });
    const text = seal.seal("keys.json", content);
    expect(seal.open("keys.json", text)).toEqual({ content, isBare: false });
    expect((await aSeal({ secret: `${line}\n` })).open("keys.json", text).content).toBe(content);
    expect(seal.seal("keys.json", content)).not.toBe(text);
    expect(Buffer.from(JSON.parse(text).sealed, "base64url").toString("latin1")).not.toContain("kek");
  });

  it("is what the specification says", async () => {
    expect(openByHand((await aSeal({ secret: line })).seal("keys.json", content))).toBe(content);
  });

  it("opens no file of another secret, another zone or another name, nor one with any byte altered", async () => {
    const seal = await aSeal({ secret: line });
    const text = seal.seal("keys.json", content);
    const refused = /seal-does-not-open/;
    const other = await aSeal({ secret: `${line}.` });
    expect(() => other.open("keys.json", text)).toThrow(refused);
    const keyholder = await aSeal({ name: "keyholder", secret: line });
    expect(() => keyholder.open("keys.json", text)).toThrow(refused);
    expect(() => seal.open("other.json", text)).toThrow(refused);
    const bytes = Buffer.from(JSON.parse(text).sealed, "base64url");
    for (let at = 0; at < bytes.length; at++) {
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ 1;
      const sealed = altered.toString("base64url");
      expect(() => seal.open("keys.json", JSON.stringify({ v: 2, sealed }))).toThrow(refused);
    }
  });

  it.each(["local", "demo"] as const)(
    "is not wanted in %s mode, where bare keys open, marked for sealing",
    async (mode) => {
      expect((await aSeal({ mode })).open("keys.json", content)).toEqual({ content, isBare: false });
      expect((await aSeal({ mode })).seal("keys.json", content)).toBe(content);
      expect((await aSeal({ mode, secret: line })).open("keys.json", content)).toEqual({ content, isBare: true });
    },
  );

  it.each(["kms", "keyholder"] as const)("must be there in production: the %s does not start without", async (name) => {
    const refusal = {
      code: "seal-missing",
      next: expect.stringContaining(`AFTERKEEP_${name.toUpperCase()}_SEAL_FILE`),
    };
    await expect(aSeal({ name, mode: "production" })).rejects.toMatchObject(refusal);
  });

  it("takes no bare keys in production, which anyone who can write there could have laid", async () => {
    const seal = await aSeal({ mode: "production", secret: line });
    expect(() => seal.open("keys.json", content)).toThrow(/key-file-bare/);
    expect(seal.open("keys.json", seal.seal("keys.json", content)).content).toBe(content);
  });

  it("of nobody opens no sealed file, and says what is missing", async () => {
    const text = (await aSeal({ secret: line })).seal("keys.json", content);
    const without = await aSeal({});
    expect(() => without.open("keys.json", text)).toThrow(/seal-missing/);
  });
});
