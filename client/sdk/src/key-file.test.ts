import { encodeBase64url, newId, randomBytes } from "@afterkeep/bytes";
import { generateIdentity, recipientOf } from "@afterkeep/formats";
import { describe, expect, it } from "vitest";
import { RefusedError } from "./errors.ts";
import { formatKeyFile, parseKeyFile } from "./key-file.ts";

async function aKeyFile() {
  const identity = await generateIdentity();
  const ownerKey = encodeBase64url(randomBytes(32));
  return {
    identity,
    ownerKey,
    text: formatKeyFile({ identity, recipient: await recipientOf(identity), account: newId(1), r: newId(2), ownerKey }),
  };
}

describe("a recipient's key file", () => {
  it("gives back the key and whom it is for, also with other line ends", async () => {
    const { identity, ownerKey, text } = await aKeyFile();
    for (const one of [text, text.replaceAll("\n", "\r\n").replace(`${ownerKey}\r`, ownerKey)]) {
      const read = parseKeyFile(one);
      expect([read.identity, read.ownerKey && encodeBase64url(read.ownerKey)]).toEqual([identity, ownerKey]);
    }
  });

  it("may be any age identity file with one key", async () => {
    const { identity } = await aKeyFile();
    expect(parseKeyFile(`# created by age\n${identity}\n`)).toEqual({ identity, ownerKey: null });
  });

  it.each(["", "hello", "AGE-SECRET-KEY-PQ-1QQQQ", "AGE-SECRET-KEY-1XXX\nAGE-SECRET-KEY-1YYY"])(
    "is refused when it is %j",
    (text) => {
      expect(() => parseKeyFile(text)).toThrow(RefusedError);
    },
  );
});
