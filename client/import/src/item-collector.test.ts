import { encodeUtf8 } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { type Entry, ItemCollector } from "./item-collector.ts";
import { maxAttachmentBytes } from "./limits.ts";
import { nowMs, pathsOf, refusalOf } from "./testing/exports.ts";

const anEntry = (parts: Partial<Entry>): Entry => ({
  title: "Example",
  folder: ["Home"],
  template: "login",
  fields: [],
  note: "",
  tags: [],
  attachments: [],
  modifiedMs: null,
  createdMs: null,
  ...parts,
});
const files = (...names: string[]) => names.map((name) => ({ name, bytes: encodeUtf8("content") }));

function collect(...entries: Entry[]) {
  const collector = new ItemCollector(nowMs);
  for (const entry of entries) collector.addEntry(entry);
  return collector.finish();
}

describe("an entry of another program", () => {
  it("is a record with fields, a note with text alone, and nothing but its files with files alone", () => {
    const fields = [{ name: "User name", kind: "text", value: "ada" }] as const;
    expect(pathsOf(collect(anEntry({ fields, note: "x" })))).toEqual(["record Home/Example"]);
    expect(pathsOf(collect(anEntry({ fields: [{ ...fields[0], value: "" }] })))).toEqual(["note Home/Example"]);
    expect(pathsOf(collect(anEntry({ note: "x", attachments: files("a.pdf") })))).toEqual([
      "note Home/Example",
      "file Home/Example/a.pdf",
    ]);
    expect(pathsOf(collect(anEntry({ attachments: files("a.pdf") })))).toEqual(["file Home/Example.pdf"]);
    expect(pathsOf(collect(anEntry({ attachments: files("a.pdf", "b.pdf") })))).toEqual([
      "file Home/a.pdf",
      "file Home/b.pdf",
    ]);
  });

  it("has the time of its last change where it names none of its making, and the time of the import where it names none", () => {
    expect(collect(anEntry({ modifiedMs: 5 })).items[0]).toMatchObject({ modifiedMs: 5, createdMs: 5 });
    expect(collect(anEntry({ createdMs: 4 })).items[0]).toMatchObject({ modifiedMs: 4, createdMs: 4 });
    expect(collect(anEntry({})).items[0]).toMatchObject({ modifiedMs: nowMs, createdMs: nowMs });
  });

  it("is refused with an attachment above 50 MB, and with contents that are too much together", async () => {
    const large = [{ name: "a", bytes: new Uint8Array(maxAttachmentBytes + 1) }];
    expect((await refusalOf((async () => collect(anEntry({ attachments: large })))())).code).toBe("too-large");
    const small = new ItemCollector(nowMs, 10);
    const add = async () => small.addEntry(anEntry({ note: "123456" }));
    await add();
    expect((await refusalOf(add())).code).toBe("too-large");
  });
});
