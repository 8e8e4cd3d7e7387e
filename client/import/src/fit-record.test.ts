import { decodeUtf8 } from "@afterkeep/bytes";
import { parseRecord, type RecordField, recordLimits } from "@afterkeep/formats";
import { describe, expect, it } from "vitest";
import { fitRecord } from "./fit-record.ts";

const field = (name: string, value: string): RecordField => ({ name, kind: "text", value });

describe("an entry that is larger than a record may be", () => {
  it("keeps what fits and moves the rest into text files, losing nothing", () => {
    const fields = [field("Certificate", "c".repeat(recordLimits.value + 1)), field("User name", "ada")];
    const { content, rest } = fitRecord({ template: "login", fields, note: "n".repeat(recordLimits.note + 1) });
    expect(parseRecord(content)).toEqual({ template: "login", fields: [field("User name", "ada")], note: "" });
    expect(rest.map(({ name, bytes }) => [name, bytes.length])).toEqual([
      ["Certificate.txt", recordLimits.value + 1],
      ["Note.txt", recordLimits.note + 1],
    ]);
  });

  it("stays within the limits with as many fields as there may be, of the worst text there is", () => {
    const fields = Array.from({ length: 510 }, () => field("\u0001".repeat(2000), "\u0001".repeat(2000)));
    const { content, rest } = fitRecord({ template: "other", fields, note: "" });
    const kept = parseRecord(content).fields;
    expect(kept.length + rest.length).toBe(510);
    expect(decodeUtf8(rest[0]?.bytes ?? new Uint8Array())).toHaveLength(2000);
    const small = fitRecord({ template: "other", fields: fields.map(({ name }) => field(name, "x")), note: "" });
    expect(parseRecord(small.content).fields).toHaveLength(500);
  });
});
