import { concatBytes, encodeUtf8 } from "@afterkeep/bytes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { detectImport } from "./detect-import.ts";
import { ImportError } from "./import-error.ts";
import { maxDepth, maxExportBytes } from "./limits.ts";
import type { ImportFormat } from "./read-import.ts";
import { bitwardenPassphrase, exportFile, keePassPassphrase, read, refusalOf } from "./testing/exports.ts";

// Every format whose damage shows. The cheapest key stretching of each, so that many cases run.
const files: readonly (readonly [ImportFormat, string, string])[] = [
  ["bitwarden", "bitwarden/pbkdf2.json", bitwardenPassphrase],
  ["1password", "1password/household.1pux", ""],
  ["keepass", "keepass/full.kdbx", keePassPassphrase],
  ["keepass", "keepass/salsa20.kdbx", keePassPassphrase],
];
const secrets = /horse|bicycle|first-password|pässw|ässphrase|invented|JBSWY3DP|4111/;

describe("a damaged export", () => {
  it.each(files)("of %s (%s) gives nothing when it is cut off anywhere", async (format, file, passphrase) => {
    const bytes = exportFile(file);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 3), async (length) => {
        const refusal = await refusalOf(read(format, bytes.subarray(0, length), { passphrase }));
        expect(refusal.message).not.toMatch(secrets);
      }),
      { numRuns: 60 },
    );
  });

  it.each(files)("of %s (%s) gives everything or nothing when a byte is changed", async (format, file, passphrase) => {
    const bytes = exportFile(file);
    const whole = await read(format, bytes, { passphrase });
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = bytes.slice();
        changed[at] = (changed[at] ?? 0) ^ change;
        const outcome = await read(format, changed, { passphrase }).catch((cause: unknown) => cause);
        if (outcome instanceof ImportError) expect(outcome.message).not.toMatch(secrets);
        else expect(outcome).toEqual(whole);
      }),
      { numRuns: 120 },
    );
  });

  it("is refused by every reader if it is any bytes at all, and looking at it never throws", async () => {
    const heads = ["", '{"encrypted":false,"items":', "PK\u0003\u0004", "name,password\n"].map(encodeUtf8);
    const formats: ImportFormat[] = ["bitwarden", "1password", "keepass"];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 300 }), async (head, tail) => {
        const bytes = concatBytes(head, tail);
        detectImport("any.csv", bytes);
        for (const format of formats) await refusalOf(read(format, bytes, { passphrase: "x" }));
        const table = await read("csv", bytes).catch((cause: unknown) => cause);
        expect(table instanceof Error && !(table instanceof ImportError)).toBe(false);
      }),
      { numRuns: 100 },
    );
  });
});

describe("a refusal", () => {
  it("quotes nothing from the file, although a parser's own message would", async () => {
    const file = '{"encrypted":false,"items":["hunter2",x]}';
    expect(() => JSON.parse(file) as unknown).toThrow(/hunter2/);
    const refusal = await refusalOf(read("bitwarden", encodeUtf8(file)));
    expect([refusal.code, refusal.cause]).toEqual(["damaged", undefined]);
    expect(refusal.message).not.toMatch(/hunter2/);
  });
});

describe("an export beyond the bounds", () => {
  it("is refused if it is larger than 100 MB, and is still known by its name", async () => {
    const large = new Uint8Array(maxExportBytes + 1);
    expect((await refusalOf(read("keepass", large))).code).toBe("too-large");
    expect(detectImport("a.kdbx", large)?.format).toBe("keepass");
  });

  it("is refused if its JSON is nested deeper than any export, brackets in text aside", async () => {
    const nested = (depth: number) => `{"encrypted":false,"items":[],"x":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    expect((await read("bitwarden", encodeUtf8(nested(maxDepth - 1)))).items).toEqual([]);
    expect((await refusalOf(read("bitwarden", encodeUtf8(nested(1_000_000))))).code).toBe("too-large");
    const text = JSON.stringify({ encrypted: false, items: [], x: '\\"[['.repeat(100) });
    expect((await read("bitwarden", encodeUtf8(text))).items).toEqual([]);
  });

  it("is refused if it holds more than 10,000 items", async () => {
    const items = Array.from({ length: 10_001 }, () => ({ type: 2, name: "n", notes: "x" }));
    const file = encodeUtf8(JSON.stringify({ encrypted: false, items }));
    expect((await refusalOf(read("bitwarden", file))).code).toBe("too-large");
  });
});
