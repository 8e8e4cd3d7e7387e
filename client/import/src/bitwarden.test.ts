import { encodeUtf8 } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { aZip } from "./testing/a-zip.ts";
import {
  bitwardenPassphrase as passphrase,
  exportFile,
  fieldsOf,
  itemNamed,
  pathsOf,
  read,
  recordOf,
  refusalOf,
  textOf,
} from "./testing/exports.ts";

const protectedFile = () =>
  JSON.parse(new TextDecoder().decode(exportFile("bitwarden/pbkdf2.json"))) as Record<string, unknown>;
const withChange = (change: Record<string, unknown>) => encodeUtf8(JSON.stringify({ ...protectedFile(), ...change }));

describe("a Bitwarden export", () => {
  it("becomes records, notes and folders, with archived items apart and the trash left behind", async () => {
    const result = await read("bitwarden", "bitwarden/household.json");
    expect(pathsOf(result)).toEqual([
      "record Home/Bills/Power company",
      "note Where things are",
      "record Documents/Debit card",
      "record Documents/Archived/Ada",
      "record Server key",
      "record Giro account",
    ]);
    expect(result.warnings).toEqual([
      "Not carried over: 1 × earlier password.",
      "Not carried over: 1 × passkey (it works only in the program that made it).",
      "Not carried over: 1 × item in the trash.",
    ]);
  });

  it("keeps every field of a login, its own fields and linked ones among them", async () => {
    const result = await read("bitwarden", "bitwarden/household.json");
    expect(fieldsOf(result, "Power company")).toEqual([
      "User name (text): ada@example.org",
      'Password (secret): pässwörd, "quoted" 🔑',
      "One-time code (totp): otpauth://totp/Power:ada?secret=JBSWY3DPEHPK3PXP",
      "Website (url): https://power.example.com/login",
      "Website (url): https://pay.example.com",
      "Customer number (text): K-4711",
      "Phone PIN (secret): 2580",
      "Paperless (text): true",
      "Sign-in name (text): ada@example.org",
    ]);
    expect(recordOf(result, "Power company").note).toBe("Meter in the cellar.\nCall before noon.");
    expect(itemNamed(result, "Power company")).toMatchObject({
      modifiedMs: Date.parse("2025-05-06T07:08:09Z"),
      createdMs: Date.parse("2023-02-03T04:05:06Z"),
      mediaType: "application/vnd.afterkeep.record+json",
    });
  });

  it("keeps cards, identities, keys, bank accounts and notes", async () => {
    const result = await read("bitwarden", "bitwarden/household.json");
    expect(recordOf(result, "Debit card").template).toBe("card");
    expect(fieldsOf(result, "Debit card")).toContain("Expires (text): 2031-04");
    expect(fieldsOf(result, "Debit card")).toContain("Number (secret): 4111111111111111");
    expect(fieldsOf(result, "Ada")).toContain("Passport number (secret): C01X00T47");
    expect(fieldsOf(result, "Server key")).toContain(
      "Private key (secret): invented private key, line one\nline two\n",
    );
    expect(recordOf(result, "Giro account").template).toBe("bank-account");
    expect(textOf(result, "Where things are")).toBe("The key is with Grace.");
  });

  it("puts an organisation's items into their collections", async () => {
    const result = await read("bitwarden", "bitwarden/organization.json");
    expect(pathsOf(result)).toEqual(["record Family/Shared/Streaming"]);
    expect(result.warnings).toHaveLength(1);
  });

  it("opens one under a passphrase, by PBKDF2 and by Argon2id, to the same items", async () => {
    const plain = await read("bitwarden", "bitwarden/household.json");
    expect(await read("bitwarden", "bitwarden/pbkdf2.json", { passphrase })).toEqual(plain);
    expect(await read("bitwarden", "bitwarden/argon2id.json", { passphrase })).toEqual(plain);
  });

  it("brings its attachments if it is an archive", async () => {
    const archive = aZip([
      { name: "data.json", content: exportFile("bitwarden/household.json") },
      { name: "attachments/11111111-0000-4000-8000-000000000001/contract.pdf", content: "invented contract" },
    ]);
    const result = await read("bitwarden", archive);
    expect(pathsOf(result)).toContain("file Home/Bills/Power company/contract.pdf");
    expect(itemNamed(result, "contract.pdf").mediaType).toBe("application/pdf");
    expect(textOf(result, "contract.pdf")).toBe("invented contract");
  });
});

describe("a Bitwarden export that cannot be opened", () => {
  it("asks for the passphrase, and says when it is wrong", async () => {
    expect((await refusalOf(read("bitwarden", "bitwarden/pbkdf2.json"))).code).toBe("passphrase-needed");
    const wrong = await refusalOf(read("bitwarden", "bitwarden/argon2id.json", { passphrase: "wrong" }));
    expect(wrong.code).toBe("wrong-passphrase");
  });

  it("is told apart when only its own account can read it", async () => {
    const refusal = await refusalOf(read("bitwarden", "bitwarden/account-encrypted.json", { passphrase }));
    expect(refusal).toMatchObject({
      code: "not-portable",
      message: expect.stringMatching(/Export again in Bitwarden/),
    });
  });

  it("is damaged, not of a wrong passphrase, if only its data was changed", async () => {
    const [head = "", ciphertext = "", mac = ""] = String(protectedFile()["data"]).split("|");
    const changed = ciphertext.replace(/^./, (letter) => (letter === "A" ? "B" : "A"));
    const file = withChange({ data: [head, changed, mac].join("|") });
    expect((await refusalOf(read("bitwarden", file, { passphrase }))).code).toBe("damaged");
  });

  it("is refused before any stretching if it asks for an absurd cost", async () => {
    const costs = [
      { kdfIterations: 1e9 },
      { kdfIterations: 0.5 },
      { kdfType: 1, kdfIterations: 3, kdfMemory: 2048, kdfParallelism: 4 },
      { kdfType: 1, kdfIterations: 1e6, kdfMemory: 64, kdfParallelism: 4 },
      { kdfType: 1, kdfIterations: 3, kdfMemory: 64, kdfParallelism: 1000 },
    ];
    for (const cost of costs)
      expect((await refusalOf(read("bitwarden", withChange(cost), { passphrase }))).code).toBe("too-costly");
  });

  it("is unsupported if it is protected in a way that is not known", async () => {
    expect((await refusalOf(read("bitwarden", withChange({ kdfType: 7 }), { passphrase }))).code).toBe("unsupported");
  });
});
