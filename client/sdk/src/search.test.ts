import { describe, expect, it } from "vitest";
import { searchDocuments } from "./search.ts";

function named(name: string, folder = "", type = "application/pdf", kind: "file" | "note" | "record" = "file") {
  return { name, folder, type, kind };
}

const documents = [
  named("Straße in MÜNCHEN.pdf", "Häuser/Łódź"),
  named("Passport", "Papers", "application/vnd.afterkeep.record+json", "record"),
  named("letter to Søren", "Papers/Æon", "text/plain; charset=utf-8", "note"),
  named("ＦＵＬＬ width", "", "image/png"),
];
const found = (query: string) => searchDocuments(documents, query).map(({ name }) => name);

describe("searching documents", () => {
  it.each([
    ["munchen strasse", ["Straße in MÜNCHEN.pdf"]],
    ["MÜNCHEN", ["Straße in MÜNCHEN.pdf"]],
    ["mu\u0308nchen", ["Straße in MÜNCHEN.pdf"]],
    ["lodz haus", ["Straße in MÜNCHEN.pdf"]],
    ["soren aeon", ["letter to Søren"]],
    ["record papers", ["Passport"]],
    ["full image", ["ＦＵＬＬ width"]],
    ["passport munchen", []],
    ["letterpapers", []],
    ["  ", documents.map(({ name }) => name)],
  ])("finds by every word of %j, without case and diacritics", (query, names) => {
    expect(found(query)).toEqual(names);
  });

  it("keeps the order, and takes a query for text and not for a pattern", () => {
    expect(searchDocuments([named("b.c"), named("a.c"), named("axc")], ".c").map(({ name }) => name)).toEqual([
      "b.c",
      "a.c",
    ]);
    expect(found("(.*)")).toEqual([]);
  });

  it("reads each of ten thousand documents once, however often is searched", () => {
    let read = 0;
    const many = Array.from({ length: 10_000 }, (_, i) => ({
      ...named("", `Folder ${i % 50}`),
      get name() {
        read++;
        return `Größe ${i}`;
      },
    }));
    for (const query of ["g", "gr", "gro", "gros", "grosse 99"]) searchDocuments(many, query);
    expect([read, searchDocuments(many, "grosse 9999").length]).toEqual([10_000, 1]);
  });
});
