import { describe, expect, it } from "vitest";
import { aZip } from "./testing/a-zip.ts";
import { exportFile, fieldsOf, itemNamed, pathsOf, read, recordOf, refusalOf, textOf } from "./testing/exports.ts";
import { ZipArchive } from "./zip.ts";

describe("a 1Password export", () => {
  it("becomes records, notes and files in the folders of their vaults, archived items apart, the trash left behind", async () => {
    const result = await read("1password", "1password/household.1pux");
    expect(pathsOf(result)).toEqual([
      "record Private/Example Mail",
      "file Private/Example Mail/scan.bin",
      "record Private/Debit card",
      "note Private/Where things are",
      "record Private/Ada",
      "record Private/Bicycle lock",
      "file Private/Deed of the house.txt",
      "record Private/Archived/Old shop",
      "record Private/Server key",
      "record Family-Shared/Giro account",
    ]);
    expect(result.warnings).toEqual([
      "Not carried over: 1 × earlier password.",
      "Not carried over: 1 × link between two items.",
      "Not carried over: 1 × item in the trash.",
    ]);
  });

  it("keeps the kind of every field", async () => {
    const result = await read("1password", "1password/household.1pux");
    expect(fieldsOf(result, "Example Mail")).toEqual([
      "User name (text): ada@example.org",
      "Password (secret): pässwörd 🔑",
      "Website (url): https://mail.example.org",
      "Website (url): https://help.example.org",
      "one-time password (totp): otpauth://totp/ada?secret=JBSWY3DPEHPK3PXP",
      "recovery codes (secret): 1111-2222",
      "recovery mail (email): grace@example.org",
      "since (date): 2012-01-01",
      "Tags (text): mail, home/shared",
    ]);
    expect(fieldsOf(result, "Debit card")).toContain("expiry date (text): 2031-04");
    expect(fieldsOf(result, "Ada")).toContain("address (multiline): 1 Invented Street\n12345 Exampleton\nde");
    expect(fieldsOf(result, "Bicycle lock")).toEqual(["Password (secret): 2580"]);
    expect(fieldsOf(result, "Server key")).toEqual(["private key (secret): invented private key"]);
    expect(recordOf(result, "Giro account").template).toBe("bank-account");
    expect(textOf(result, "Where things are")).toBe("The key is with Grace.\n\nTags: family");
  });

  it("brings attached files byte for byte, with the times of their item", async () => {
    const result = await read("1password", "1password/household.1pux");
    expect(itemNamed(result, "scan.bin").content).toEqual(Uint8Array.from({ length: 256 }, (_, byte) => byte));
    expect(itemNamed(result, "Deed of the house.txt")).toMatchObject({
      modifiedMs: 1_700_000_000_000,
      createdMs: 1_600_000_000_000,
      mediaType: "text/plain",
    });
  });

  it("is refused as a whole if a file that an item names is missing", async () => {
    const archive = new ZipArchive(exportFile("1password/household.1pux"));
    const parts = await Promise.all(
      ["export.attributes", "export.data", "files/doc1__deed.txt"].map(async (name) => ({
        name,
        content: (await archive.read(name, 1e6)) ?? "",
      })),
    );
    expect((await refusalOf(read("1password", aZip(parts)))).code).toBe("damaged");
  });

  it("is refused if it is no 1Password export inside", async () => {
    const wrong = [
      [{ name: "export.data", content: "{}" }],
      [
        { name: "export.attributes", content: '{"version":3}' },
        { name: "export.data", content: '{"accounts":[7]}' },
      ],
      [
        { name: "export.attributes", content: '{"version":3}' },
        { name: "export.data", content: '{"accounts":[{"vaults":[{"items":[7]}]}]}' },
      ],
    ];
    for (const parts of wrong) expect((await refusalOf(read("1password", aZip(parts)))).code).toBe("damaged");
  });
});
