import { describe, expect, it } from "vitest";
import { pictureType } from "./picture-type.ts";

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

describe("a small picture", () => {
  it("is known by its first bytes", () => {
    expect(pictureType(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0))).toBe("image/jpeg");
    expect(pictureType(ascii("RIFF....WEBPVP8 "))).toBe("image/webp");
  });

  it.each(["<svg xmlns='http://www.w3.org/2000/svg'/>", "RIFF....WAVE", "", "GIF89a"])(
    "is not shown when it is anything else: %s",
    (text) => expect(pictureType(ascii(text))).toBe(""),
  );
});
