import { concatBytes, encodeBase64, encodeHex, encodeUtf8 } from "@afterkeep/bytes";
import { sha256 } from "@afterkeep/crypto";
import { describe, expect, it } from "vitest";
import { readKeyFile } from "./key-file.ts";
import {
  exportFile,
  fieldsOf,
  itemNamed,
  keePassPassphrase as passphrase,
  pathsOf,
  read,
  recordOf,
  refusalOf,
  textOf,
} from "./testing/exports.ts";

describe("a KeePass database", () => {
  it("becomes records and files, without the recycle bin and earlier versions", async () => {
    const result = await read("keepass", "keepass/full.kdbx", { passphrase });
    expect(pathsOf(result)).toEqual([
      "record Example Mail",
      "file Example Mail/policy.txt",
      "record Bank - Insurance/Ältere/Savings",
    ]);
    expect(result.warnings).toEqual([
      expect.stringMatching(/^Not carried over: \d × earlier version of an entry\.$/),
      "Not carried over: 1 × entry in the recycle bin.",
    ]);
  });

  it("keeps every field, those that are masked inside the file as secrets", async () => {
    const result = await read("keepass", "keepass/full.kdbx", { passphrase });
    expect(fieldsOf(result, "Example Mail")).toEqual([
      "User name (text): ada@example.org",
      'Password (secret): correct<horse>&"battery"',
      "Website (url): https://mail.example.org/sign-in",
      "One-time code (totp): otpauth://totp/Example:ada?secret=JBSWY3DPEHPK3PXP&issuer=Example",
      "Customer number (text): 4711",
      "Security answer (secret): a yellow bicycle",
      "Tags (text): home, shared",
    ]);
    expect(recordOf(result, "Example Mail").note).toBe(
      "Recovery address is Grace's.\nSecond line, with ümläuts and 🔑.",
    );
    expect(fieldsOf(result, "Savings")).toContain("Password (secret): first-password");
    expect(textOf(result, "policy.txt")).toBe("Invented insurance policy no. 12-34.\n");
    expect(new Date(itemNamed(result, "Savings").modifiedMs).getUTCFullYear()).toBeGreaterThanOrEqual(2024);
  });

  it("opens with the 64 MiB of Argon2d that KeePass chooses by itself", async () => {
    const result = await read("keepass", "keepass/argon2d.kdbx", { passphrase });
    expect(fieldsOf(result, "Savings")).toContain("Password (secret): first-password");
  });

  it("opens with AES-KDF, with the inner Salsa20 of older programs, and with a key file beside the passphrase", async () => {
    const keyFile = exportFile("keepass/policy.txt");
    for (const result of [
      await read("keepass", "keepass/salsa20.kdbx", { passphrase }),
      await read("keepass", "keepass/key-file.kdbx", { passphrase, keyFile }),
    ])
      expect(fieldsOf(result, "Savings")).toContain("Password (secret): first-password");
  });

  it("opens with a key file alone, in each form that a key file has", async () => {
    const written = exportFile("keepass/written.keyx");
    const key = readKeyFile(written);
    const version1 = `<?xml version="1.0"?><KeyFile><Meta><Version>1.00</Version></Meta><Key><Data>${encodeBase64(key, "padded")}</Data></Key></KeyFile>`;
    for (const keyFile of [written, key, encodeUtf8(encodeHex(key)), encodeUtf8(version1)]) {
      const result = await read("keepass", "keepass/key-alone.kdbx", { keyFile });
      expect(pathsOf(result)).toContain("record Example Mail");
    }
  });
});

describe("a KeePass database that cannot be opened", () => {
  it("names a key file with a typing error as damaged, before it says that the key is wrong", async () => {
    const written = new TextDecoder().decode(exportFile("keepass/written.keyx"));
    const keyFile = encodeUtf8(written.replace(/Hash="[0-9A-F]{8}"/, 'Hash="00000000"'));
    expect((await refusalOf(read("keepass", "keepass/key-alone.kdbx", { keyFile }))).code).toBe("damaged");
  });

  it("asks for the passphrase, and says when that or the key file is wrong", async () => {
    expect((await refusalOf(read("keepass", "keepass/full.kdbx"))).code).toBe("passphrase-needed");
    for (const options of [{ passphrase: "wrong" }, { passphrase, keyFile: encodeUtf8("another file") }])
      expect((await refusalOf(read("keepass", "keepass/full.kdbx", options))).code).toBe("wrong-passphrase");
  });

  it("is refused with a way out if it is of another version or cipher", async () => {
    const version3 = await refusalOf(read("keepass", "keepass/version3.kdbx", { passphrase }));
    expect(version3).toMatchObject({ code: "unsupported", message: expect.stringMatching(/KDBX 4/) });
    const twofish = withHeaderChange((header) => header.set([0xad, 0xf2, 0x9f], 17));
    expect((await refusalOf(read("keepass", twofish, { passphrase }))).code).toBe("unsupported");
  });

  it("is refused before any stretching if it asks for an absurd cost", async () => {
    // M, I, P: memory, passes and lanes of Argon2; R: rounds of AES-KDF. Each value follows its one-letter name in the header.
    for (const [name, database] of [
      ["M", "full"],
      ["I", "full"],
      ["P", "full"],
      ["R", "salsa20"],
    ] as const) {
      const file = withHeaderChange(
        (header) => header.fill(0x7f, valueAt(header, name), valueAt(header, name) + 4),
        database,
      );
      expect((await refusalOf(read("keepass", file, { passphrase }))).code).toBe("too-costly");
    }
  });

  it("is damaged, not of a wrong passphrase, if its header or any block was changed, even where nothing is in it", async () => {
    const file = exportFile("keepass/full.kdbx");
    const firstBlock = headerLength(file) + 64;
    // The last 36 bytes are the empty block that ends the file: its HMAC, and its length.
    for (const at of [20, firstBlock, firstBlock + 40, file.length - 36, file.length - 5]) {
      const changed = file.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect((await refusalOf(read("keepass", changed, { passphrase }))).code).toBe("damaged");
    }
  });

  it("can be given up while its key is stretched", async () => {
    const stop = new AbortController();
    const file = withHeaderChange(
      (header) => new DataView(header.buffer).setUint32(valueAt(header, "R"), 400_000_000, true),
      "salsa20",
    );
    const reading = read("keepass", file, { passphrase, signal: stop.signal });
    setTimeout(() => stop.abort(), 10);
    await expect(reading).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  });
});

/** A database with another header and the header's hash set right, as anyone could. */
function withHeaderChange(change: (header: Uint8Array<ArrayBuffer>) => void, name = "full"): Uint8Array {
  const file = exportFile(`keepass/${name}.kdbx`);
  const end = headerLength(file);
  const header = new Uint8Array(file.subarray(0, end));
  change(header);
  return concatBytes(header, sha256(header), file.subarray(end + 32));
}

function headerLength(file: Uint8Array): number {
  const view = new DataView(file.buffer);
  let at = 12;
  for (;;) {
    const id = file[at];
    at += 5 + view.getUint32(at + 1, true);
    if (id === 0) return at;
  }
}

function valueAt(header: Uint8Array, name: string): number {
  const key = [1, 0, 0, 0, name.charCodeAt(0)];
  const found = header.findIndex((_, at) => key.every((byte, offset) => header[at + offset] === byte));
  return found + key.length + 4;
}
