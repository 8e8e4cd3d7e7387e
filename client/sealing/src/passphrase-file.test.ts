import { encodeUtf8, MalformedError } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import { describe, expect, it } from "vitest";
import { WorkFactorError } from "./errors.ts";
import { openPassphraseFile, sealPassphraseFile } from "./passphrase-file.ts";

const passphrase = "three herons over the slow river";

describe("a file under a passphrase", () => {
  it("opens with it alone", async () => {
    const file = await sealPassphraseFile("the key", passphrase, 10);
    expect(await openPassphraseFile(file, passphrase)).toBe("the key");
    await expect(openPassphraseFile(file, "another")).rejects.toThrow(DecryptionError);
    await expect(openPassphraseFile(encodeUtf8("the key"), passphrase)).rejects.toThrow(MalformedError);
  });

  it.each([21, 22, 30])(
    "that asks for 2 to the power of %i says so, and not that the passphrase is wrong",
    async (n) => {
      const text = Buffer.from(await sealPassphraseFile("the key", passphrase, 10)).toString("latin1");
      const heavier = text.replace(/^(-> scrypt \S+) 10$/m, `$1 ${n}`);
      expect(heavier).not.toBe(text);
      const file = new Uint8Array(Buffer.from(heavier, "latin1"));
      await expect(openPassphraseFile(file, passphrase)).rejects.toThrow(WorkFactorError);
    },
  );
});
