import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { everyCheck } from "./every-check.ts";
import { rules } from "./ledger/rules/rules.ts";
import { mutants } from "./mutants/mutants.ts";

const document = readFileSync(new URL("../../docs/simulation.md", import.meta.url), "utf8");
/** The first table: a check, what it says, what it finds. */
const rows = [...document.matchAll(/^\| ([A-Z]\d+) \| .* \|(?: (.*))? \|$/gm)];

describe("docs/simulation.md", () => {
  it("has a row for every check that must have had something to judge, and for no other", () => {
    expect(rows.map(([, name = ""]) => name).toSorted()).toEqual(everyCheck.toSorted());
  });

  it("names every seeded bug once, and no bug is found by a check that it does not have", () => {
    const named = rows.flatMap(([, , bugs]) => (bugs ?? "").replaceAll(/ \([^)]*\)/g, "").split(", "));
    expect(named.filter((name) => name !== "").toSorted()).toEqual(mutants.map(({ name }) => name).toSorted());
    expect(everyCheck).toEqual(expect.arrayContaining(mutants.flatMap(({ breaks }) => breaks)));
    expect(everyCheck).toEqual(expect.arrayContaining(rules.map(({ invariant }) => invariant)));
  });
});
