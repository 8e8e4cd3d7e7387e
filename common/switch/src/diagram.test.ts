import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { switchDocument } from "./diagram.ts";

describe("docs/switch.md", () => {
  it("shows the states that the code has (print it anew with common/switch/scripts/print-diagram.ts)", () => {
    const written = readFileSync(new URL("../../../docs/switch.md", import.meta.url), "utf8");
    expect(written).toBe(switchDocument());
  });
});
