import { readFile } from "node:fs/promises";
import { routes } from "@afterkeep/contracts";
import { describe, expect, it } from "vitest";
import { describeApi } from "./openapi.ts";
import { requireSameNames } from "./route-table.ts";

describe("the OpenAPI document", () => {
  it("is the one that is checked in", async () => {
    const kept = await readFile(new URL("../../../../specs/openapi.json", import.meta.url), "utf8");
    expect(`${JSON.stringify(await describeApi(), null, 2)}\n`).toBe(kept);
  });

  it("names every route once", async () => {
    const { paths } = (await describeApi()) as { paths: Record<string, Record<string, { operationId: string }>> };
    const named = Object.values(paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(named.sort()).toEqual(Object.keys(routes).sort());
  });
});

describe("the table of routes", () => {
  it("refuses to start with a route that nothing answers, or an operation that nothing calls", () => {
    const all = Object.keys(routes);
    expect(() => requireSameNames(all)).not.toThrow();
    expect(() => requireSameNames(all.slice(1))).toThrow(/routes without operation: beginAccount/);
    expect(() => requireSameNames([...all, "sweepAll"])).toThrow(/operations without route: sweepAll/);
  });
});
