import { concatBytes, encodeUtf8 } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { fieldsOf, itemNamed, nowMs, pathsOf, read, recordOf, refusalOf, textOf } from "./testing/exports.ts";

const csv = (text: string) => read("csv", encodeUtf8(text));

describe("a CSV export", () => {
  it("of Chrome becomes logins, named after their site where they have no name", async () => {
    const result = await read("csv", "csv/chrome.csv");
    expect(pathsOf(result)).toEqual(["record mail.example.org", "record shop.example.com"]);
    expect(fieldsOf(result, "mail.example.org")).toEqual([
      "Website (url): https://mail.example.org/",
      "User name (text): ada@example.org",
      'Password (secret): p,a"ss',
    ]);
    expect(recordOf(result, "mail.example.org")).toMatchObject({ template: "login", note: "two\nlines" });
    expect(itemNamed(result, "mail.example.org")).toMatchObject({ modifiedMs: nowMs, createdMs: nowMs });
  });

  it("of Firefox keeps its times", async () => {
    const result = await read("csv", "csv/firefox.csv");
    expect(itemNamed(result, "mail.example.org")).toMatchObject({
      modifiedMs: 1640000000000,
      createdMs: 1600000000000,
    });
  });

  it("of Bitwarden keeps folders, own fields, one-time codes and notes", async () => {
    const result = await read("csv", "csv/bitwarden.csv");
    expect(pathsOf(result)).toEqual(["record Home/Bills/Power", "note Where"]);
    expect(fieldsOf(result, "Power")).toEqual([
      "Customer (text): K-1",
      "PIN (text): 2580",
      "Website (url): https://power.example.com",
      "User name (text): ada",
      "Password (secret): invented",
      "One-time code (totp): JBSWY3DPEHPK3PXP",
    ]);
    expect(textOf(result, "Where")).toBe("The key is with Grace.");
  });

  it("of 1Password puts archived items apart", async () => {
    const result = await read("csv", "csv/1password.csv");
    expect(pathsOf(result)).toEqual(["record Example Mail", "record Archived/Old shop"]);
    expect(fieldsOf(result, "Example Mail")).toContain(
      "One-time code (totp): otpauth://totp/a?secret=JBSWY3DPEHPK3PXP",
    );
  });

  it("of KeePassXC keeps its groups", async () => {
    const result = await read("csv", "csv/keepassxc.csv");
    expect(pathsOf(result)).toEqual([
      "record Example Mail",
      "record Bank/Insurance/Ältere/Savings",
      "record Recycle Bin/Old shop",
    ]);
    expect(fieldsOf(result, "Example Mail")).toContain('Password (secret): correct<horse>&"battery"');
  });

  it("of any spreadsheet becomes a record a row, whatever parts its columns", async () => {
    const result = await read("csv", "csv/spreadsheet.csv");
    expect(fieldsOf(result, "Strom")).toEqual([
      "Vertrag (text): Strom",
      "Kundennummer (text): K-1",
      "PIN (secret): 25;80",
      "Notizen (text): jährlich",
    ]);
    expect(recordOf(result, "Strom").template).toBe("other");
    expect(pathsOf(await csv("Title\tAmount\nRent\t700\n"))).toEqual(["record Rent"]);
  });

  it("is read with and without a byte order mark, with either line end, and with short rows", async () => {
    const plain = await csv("name,password,note\na,b\n");
    expect(
      await read("csv", concatBytes(Uint8Array.of(0xef, 0xbb, 0xbf), encodeUtf8("name,password,note\r\na,b\r\n"))),
    ).toEqual(plain);
    expect(fieldsOf(plain, "a")).toEqual(["Password (secret): b"]);
  });
});

describe("a CSV file that cannot be read", () => {
  it("is refused as a whole if a quote is left open or stands in the wrong place", async () => {
    for (const text of ['name,password\na,b\nc,"d\n', 'name,password\n"a"b,c\n'])
      expect((await refusalOf(csv(text))).code).toBe("damaged");
  });

  it("is refused if a row has more cells than the table has columns, or if it is not text", async () => {
    expect((await refusalOf(csv("name,password\na,b,c\n"))).code).toBe("damaged");
    expect((await refusalOf(read("csv", Uint8Array.of(0x61, 0x2c, 0xff, 0xfe)))).code).toBe("damaged");
  });

  it("is no table without a row of different headers", async () => {
    for (const text of ["", "hello", "a,a\n1,2\n", "a,,c\n1,2,3\n"])
      expect((await refusalOf(csv(text))).code).toBe("unknown-format");
  });

  it("is too large past 10,000 rows or 200 columns", async () => {
    expect((await csv(`name,password\n${"a,b\n".repeat(10_000)}`)).items).toHaveLength(10_000);
    const tooMany = await refusalOf(csv(`name,password\n${"a,b\n".repeat(10_001)}`));
    expect(tooMany).toMatchObject({ code: "too-large", message: expect.stringMatching(/10,000 rows/) });
    expect((await refusalOf(csv(Array.from({ length: 201 }, (_, at) => `c${at}`).join(",")))).code).toBe("too-large");
  });
});
