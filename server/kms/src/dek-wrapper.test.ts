import { randomBytes } from "node:crypto";
import { newId } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { createDekWrapper } from "./dek-wrapper.ts";

const kek = { id: randomBytes(8), key: randomBytes(32) };
const wrapper = createDekWrapper(kek);
const tenant = newId(1);

describe("wrapping a tenant's data-encryption key", () => {
  it("gives back the same key for the same tenant, and a new key each time one is made", () => {
    const first = wrapper.createDek(tenant);
    expect(wrapper.unwrapDek(tenant, first.wrapped)).toEqual({ dek: first.dek });
    expect(wrapper.createDek(tenant).dek).not.toBe(first.dek);
    expect(Buffer.from(first.wrapped, "base64url").includes(Buffer.from(first.dek, "base64url"))).toBe(false);
  });

  it("refuses another tenant's wrapped key", () => {
    expect(() => wrapper.unwrapDek(newId(2), wrapper.createDek(tenant).wrapped)).toThrow(/dek-not-unwrapped/);
  });

  it("refuses a wrapped key with any byte altered, cut short, or spelled otherwise", () => {
    const { wrapped } = wrapper.createDek(tenant);
    const bytes = Buffer.from(wrapped, "base64url");
    for (let at = 0; at < bytes.length; at++) {
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(() => wrapper.unwrapDek(tenant, altered.toString("base64url"))).toThrow(/dek-not-unwrapped/);
      expect(() => wrapper.unwrapDek(tenant, bytes.subarray(0, at).toString("base64url"))).toThrow(/dek-not-unwrapped/);
    }
    expect(() => wrapper.unwrapDek(tenant, `${wrapped}=`)).toThrow(/dek-not-unwrapped/);
  });

  it("refuses what another key wrapped, even under the same key id", () => {
    const other = createDekWrapper({ id: kek.id, key: randomBytes(32) });
    expect(() => wrapper.unwrapDek(tenant, other.createDek(tenant).wrapped)).toThrow(/dek-not-unwrapped/);
  });
});
