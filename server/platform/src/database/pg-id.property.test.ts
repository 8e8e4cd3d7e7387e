import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { idFromPg, pgId } from "./pg-id.ts";

describe("ids at the database's edge", () => {
  it("come back as they went in", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const id = Buffer.from(bytes).toString("base64url");
        expect(pgId(id)).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
        expect(idFromPg(pgId(id))).toBe(id);
      }),
    );
  });

  it("have one spelling each: any other text is refused", () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom("A", "Q", "g", "w", "z", "0", "9", "-", "_", "=", ".", " "),
          minLength: 20,
          maxLength: 24,
        }),
        (text) => {
          const isCanonical =
            Buffer.from(text, "base64url").length === 16 &&
            Buffer.from(text, "base64url").toString("base64url") === text;
          if (isCanonical) expect(idFromPg(pgId(text))).toBe(text);
          else expect(() => pgId(text)).toThrow(/invalid-id/);
        },
      ),
    );
  });
});
