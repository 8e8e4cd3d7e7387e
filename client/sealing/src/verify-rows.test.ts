import { newId } from "@afterkeep/bytes";
import { generateIdentity } from "@afterkeep/formats";
import { describe, expect, it } from "vitest";
import { checkRows } from "./verify-rows.ts";

describe("rows of a server", () => {
  it("are checked on phones of a few years ago, which cannot group into a map by themselves", async () => {
    const groupBy = Object.getOwnPropertyDescriptor(Map, "groupBy");
    Reflect.deleteProperty(Map, "groupBy");
    try {
      const checked = await checkRows(newId(1), [], [], await generateIdentity("hybrid"));
      expect(checked).toEqual({ documents: [], damaged: [] });
    } finally {
      if (groupBy !== undefined) Object.defineProperty(Map, "groupBy", groupBy);
    }
  });
});
