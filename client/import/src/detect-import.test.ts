import { encodeUtf8 } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { detectImport } from "./detect-import.ts";
import { aZip } from "./testing/a-zip.ts";
import { exportFile } from "./testing/exports.ts";

describe("a file to import", () => {
  it("is known by what is in it, whatever it is called", () => {
    const known = {
      "bitwarden/household.json": { format: "bitwarden", needsPassphrase: false },
      "bitwarden/organization.json": { format: "bitwarden", needsPassphrase: false },
      "bitwarden/pbkdf2.json": { format: "bitwarden", needsPassphrase: true },
      "bitwarden/account-encrypted.json": { format: "bitwarden", needsPassphrase: false },
      "1password/household.1pux": { format: "1password", needsPassphrase: false },
      "keepass/full.kdbx": { format: "keepass", needsPassphrase: true },
      "keepass/version3.kdbx": { format: "keepass", needsPassphrase: true },
    };
    for (const [file, detected] of Object.entries(known))
      expect(detectImport("download", exportFile(file))).toEqual(detected);
  });

  it("is a table only if it is called one, and an old Bitwarden export if it has items and folders", () => {
    expect(detectImport("Passwords.CSV", exportFile("csv/chrome.csv"))).toEqual({
      format: "csv",
      needsPassphrase: false,
    });
    expect(detectImport("letter.txt", exportFile("csv/chrome.csv"))).toBeNull();
    expect(detectImport("a.json", encodeUtf8('\ufeff{"folders":[],"items":[]}'))?.format).toBe("bitwarden");
  });

  it("is nothing known if it is another archive, another JSON, a picture, or empty", () => {
    const others = [
      aZip([{ name: "a", content: "x" }]),
      encodeUtf8('{"a":1}'),
      encodeUtf8("{"),
      Uint8Array.of(0x89, 0x50),
    ];
    for (const bytes of [...others, new Uint8Array()]) expect(detectImport("file", bytes)).toBeNull();
  });
});
