import { describe, expect, it } from "vitest";
import { encodeHex } from "./hex.ts";
import { decodeId, idBytes, idMaker, isId, newId, nilId, parseId } from "./id.ts";
import { MalformedError } from "./malformed.ts";

const ones = (length: number) => new Uint8Array(length).fill(0xff);

describe("ids", () => {
  it("are UUIDv7: time first, then version and variant", () => {
    const hex = encodeHex(idBytes(newId(0x0123_4567_89ab, ones)));
    expect(hex).toBe("0123456789ab7fffbfffffffffffffff");
  });

  it("sort by the time they were made at, as raw bytes", () => {
    const hex = [1_000_000_000_000, 1_700_000_000_000, 1_700_000_000_001].map((t) => encodeHex(idBytes(newId(t))));
    expect([...hex].sort()).toEqual(hex);
  });

  it("are 22 characters and read back", () => {
    const id = newId(1_700_000_000_000);
    expect(id).toHaveLength(22);
    expect(decodeId(idBytes(parseId(id)))).toBe(id);
    expect(idBytes(nilId)).toEqual(new Uint8Array(16));
  });

  it.each([
    "",
    "A".repeat(21),
    "A".repeat(23),
    `${"A".repeat(21)}B`,
    `${"A".repeat(20)}+A`,
    `${"A".repeat(21)}\n`,
    null,
    7,
  ])("refuses %j", (value) => {
    expect(isId(value)).toBe(false);
    expect(() => parseId(String(value))).toThrow(MalformedError);
  });

  it.each([-1, 2 ** 48, 0.5, Number.NaN])("refuses %d as a time", (time) => {
    expect(() => newId(time)).toThrow(MalformedError);
  });

  it("are made many at a time, each with random bytes of its own, and not one more", () => {
    const make = idMaker(1000);
    const made = Array.from({ length: 1000 }, () => make(1_700_000_000_000));
    expect(new Set(made).size).toBe(1000);
    const tails = made.map((id) => encodeHex(idBytes(id)).slice(20));
    expect(new Set(tails).size).toBe(1000);
    expect(() => make(1_700_000_000_000)).toThrow(MalformedError);
  });

  it("refuses a random source that gives too little", () => {
    expect(() => newId(0, () => new Uint8Array(9))).toThrow(MalformedError);
  });
});
