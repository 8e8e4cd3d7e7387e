import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeHex, MalformedError } from "@afterkeep/bytes";
import { ctx } from "./context.ts";

describe("contexts", () => {
  it("are the label and each field behind its length", () => {
    expect(encodeHex(ctx("x", Uint8Array.of(0xaa), "hi", 5))).toBe(
      `0000000e${Buffer.from("afterkeep/v1/x").toString("hex")}00000001aa0000000268690000000400000005`,
    );
  });

  it("differ whenever label or any field differs", () => {
    const call = fc.tuple(
      fc.constantFrom("a", "ab", "abc"),
      fc.array(
        fc.oneof(fc.uint8Array({ maxLength: 3 }), fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 3 })),
        {
          maxLength: 3,
        },
      ),
    );
    const plain = ([label, fields]: [string, (string | Uint8Array)[]]) =>
      JSON.stringify([label, fields.map((f) => encodeHex(typeof f === "string" ? Buffer.from(f) : f))]);
    fc.assert(
      fc.property(call, call, (a, b) => {
        const isSame = encodeHex(ctx(a[0], ...a[1])) === encodeHex(ctx(b[0], ...b[1]));
        expect(isSame).toBe(plain(a) === plain(b));
      }),
    );
  });

  it("refuse text that is not ASCII and integers that are not u32", () => {
    expect(() => ctx("é")).toThrow(MalformedError);
    expect(() => ctx("x", "ü")).toThrow(MalformedError);
    expect(() => ctx("x", -1)).toThrow(MalformedError);
    expect(() => ctx("x", 2 ** 32)).toThrow(MalformedError);
  });
});
