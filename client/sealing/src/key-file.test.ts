import { encodeBase64url, MalformedError, newId, randomBytes } from "@afterkeep/bytes";
import { generateIdentity, identityWords, recipientOf } from "@afterkeep/formats";
import { describe, expect, it } from "vitest";
import { formatKeyFile, parseKeyFile, parseTypedKey } from "./key-file.ts";

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
    for (const one of [text, text.replaceAll("\n", "\r\n")]) {
      const read = parseKeyFile(one);
      expect([read.identity, read.ownerKey && encodeBase64url(read.ownerKey)]).toEqual([identity, ownerKey]);
    }
  });

  it("may be any age identity file with one key, the key alone, or its words as the file shows them", async () => {
    const { identity, text } = await aKeyFile();
    expect(parseKeyFile(`# created by age\n${identity}\n`)).toEqual({ identity, ownerKey: null });
    expect(parseTypedKey(` ${identity.toLowerCase()} `)).toEqual({ identity, ownerKey: null });
    expect(parseTypedKey(identityWords(identity).join("\n"))).toEqual({ identity, ownerKey: null });
    const shown = text.split("\n").filter((line) => line.startsWith("#   "));
    expect(parseTypedKey(shown.join("\n"))).toEqual({ identity, ownerKey: null });
  });

  it.each(["", "hello", "AGE-SECRET-KEY-PQ-1QQQQ", "AGE-SECRET-KEY-1XXX\nAGE-SECRET-KEY-1YYY"])(
    "is refused when it is %j",
    (text) => {
      expect(() => parseKeyFile(text)).toThrow(MalformedError);
      expect(() => parseTypedKey(text)).toThrow(MalformedError);
    },
  );
});
