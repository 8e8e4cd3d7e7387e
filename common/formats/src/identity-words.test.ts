import { MalformedError } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { generateIdentity } from "./age-keys.ts";
import { identityOfWords, identityWords } from "./identity-words.ts";

describe("an identity in words", () => {
  it("is 24 words that give back exactly the same key, however they are typed", async () => {
    for (let i = 0; i < 20; i++) {
      const identity = await generateIdentity("hybrid");
      const words = identityWords(identity);
      expect(words).toHaveLength(24);
      expect(identityOfWords(words.join(" "))).toBe(identity);
      const numbered = words.map((word, at) => `${at + 1}. ${word.toUpperCase()}`).join(",\n");
      expect(identityOfWords(numbered)).toBe(identity);
    }
  });

  it("is refused with a misspelt or a missing word", async () => {
    const words = identityWords(await generateIdentity("hybrid"));
    expect(() => identityOfWords([...words.slice(0, 23), "lanternx"].join(" "))).toThrow(MalformedError);
    expect(() => identityOfWords(words.slice(0, 23).join(" "))).toThrow(MalformedError);
    expect(() => identityOfWords("")).toThrow(MalformedError);
  });

  it("is not made of a key that a quantum computer opens", async () => {
    const identity = await generateIdentity("x25519");
    expect(() => identityWords(identity)).toThrow(MalformedError);
  });
});
