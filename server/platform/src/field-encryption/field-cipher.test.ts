import { randomBytes } from "node:crypto";
import { newId } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { openField, sealField } from "./field-cipher.ts";

const dek = randomBytes(32);
const place = { table: "account", column: "email", tenant: newId(1), row: newId(2) };

describe("field encryption", () => {
  it("opens what it sealed, in its own place", () => {
    const sealed = sealField(dek, place, "ada@example.org");
    expect(openField(dek, place, sealed).toString()).toBe("ada@example.org");
    expect(sealed.includes("ada")).toBe(false);
  });

  it.each([
    ["table", { ...place, table: "recipient" }],
    ["column", { ...place, column: "name" }],
    ["tenant", { ...place, tenant: newId(3) }],
    ["row", { ...place, row: newId(4) }],
    ["border between table and column", { ...place, table: "accounte", column: "mail" }],
  ])("does not open under another %s", (_what, other) => {
    expect(() => openField(dek, other, sealField(dek, place, "x"))).toThrow(/field-unreadable/);
  });

  it("does not open under another key, altered in any byte, or cut short", () => {
    const sealed = sealField(dek, place, "x");
    expect(() => openField(randomBytes(32), place, sealed)).toThrow(/field-unreadable/);
    for (let at = 0; at < sealed.length; at++) {
      const altered = Buffer.from(sealed);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(() => openField(dek, place, altered)).toThrow(/field-unreadable/);
      expect(() => openField(dek, place, sealed.subarray(0, at))).toThrow(/field-unreadable/);
    }
  });

  it("never seals the same value to the same bytes", () => {
    expect(sealField(dek, place, "x").equals(sealField(dek, place, "x"))).toBe(false);
  });
});
