import { describe, expect, it } from "vitest";
import { z } from "zod";
import { filterAnswer } from "./response-filter.ts";

const schema = z.strictObject({ id: z.string(), rows: z.array(z.strictObject({ a: z.int() })) });
const leaking = { id: "x", secret: "s", rows: [{ a: 1, hidden: 2 }, { a: 2 }] };

describe("what leaves the server", () => {
  it("is exactly what the contract names", () => {
    const answer = { id: "x", rows: [{ a: 1 }] };
    for (const mode of ["strict", "strip"] as const) expect(filterAnswer(schema, answer, mode)).toEqual(answer);
  });

  it("fails on an undeclared field where mistakes must be seen", () => {
    expect(() => filterAnswer(schema, leaking, "strict")).toThrow(
      expect.objectContaining({ code: "answer-outside-contract" }),
    );
  });

  it("loses undeclared fields at any depth in production, and the operation's own object keeps them", () => {
    const original = structuredClone(leaking);
    expect(filterAnswer(schema, leaking, "strip")).toEqual({ id: "x", rows: [{ a: 1 }, { a: 2 }] });
    expect(leaking).toEqual(original);
  });

  it("fails on a wrong or missing field in both", () => {
    for (const answer of [{ id: 7, rows: [] }, { rows: [] }, null, { id: "x", rows: [{ a: "1", more: 1 }] }])
      for (const mode of ["strict", "strip"] as const) expect(() => filterAnswer(schema, answer, mode)).toThrow();
  });
});
