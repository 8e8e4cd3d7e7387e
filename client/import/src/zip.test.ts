import { decodeUtf8 } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { aZip } from "./testing/a-zip.ts";
import { refusalOf } from "./testing/exports.ts";
import { ZipArchive } from "./zip.ts";

const open = async (bytes: Uint8Array) => new ZipArchive(bytes);

describe("a ZIP archive", () => {
  it("gives each file by its name, and nothing for a name that it does not hold", async () => {
    const archive = new ZipArchive(aZip([{ name: "a/b.txt", content: "hello" }]));
    expect(decodeUtf8((await archive.read("a/b.txt", 100)) ?? new Uint8Array())).toBe("hello");
    expect(await archive.read("b.txt", 100)).toBeNull();
  });

  it("stops a bomb at the length that its directory names", async () => {
    const bomb = aZip([{ name: "a", content: new Uint8Array(50_000_000), claims: { length: 1000 } }]);
    expect((await refusalOf(new ZipArchive(bomb).read("a", 10_000))).code).toBe("too-large");
  });

  it("is refused if its files are together larger than any export, or one is larger than its place allows", async () => {
    const claims = { length: 300 * 2 ** 20 };
    const large = ["a", "b"].map((name) => ({ name, content: "x", claims }));
    expect((await refusalOf(open(aZip(large)))).code).toBe("too-large");
    expect((await refusalOf(new ZipArchive(aZip([{ name: "a", content: "123456" }])).read("a", 5))).code).toBe(
      "too-large",
    );
  });

  it("is refused if a name leads out of it or stands twice", async () => {
    for (const name of ["../a", "a/../../b", "/etc/passwd", "C:\\a", "a\\..\\b", "a\0b"])
      expect((await refusalOf(open(aZip([{ name, content: "x" }])))).code).toBe("damaged");
    const twice = aZip([
      { name: "a", content: "1" },
      { name: "a", content: "2" },
    ]);
    expect((await refusalOf(open(twice))).code).toBe("damaged");
  });

  it("refuses a file whose checksum or length is not that of the directory", async () => {
    for (const claims of [{ crc: 1 }, { length: 6 }, { length: 4 }]) {
      const archive = new ZipArchive(aZip([{ name: "a", content: "hello", claims }]));
      expect(["damaged", "too-large"]).toContain((await refusalOf(archive.read("a", 100))).code);
    }
  });

  it("is unsupported if it is encrypted or packed in an unknown way", async () => {
    for (const claims of [{ flags: 1 }, { method: 12 }])
      expect((await refusalOf(open(aZip([{ name: "a", content: "x", claims }])))).code).toBe("unsupported");
  });
});
