import { sha256 } from "@afterkeep/crypto";
import { partLength } from "@afterkeep/contracts";
import { lengthOfPart, objectDigest, partsOf } from "../../server/api/src/objects/object-parts.ts";
import { hex, type VectorFile } from "./values.ts";

/** Objects around the length of a part (byte i is i·7 mod 251), and what a server answers when the last part has come. */
export function objectPartVectors(): VectorFile {
  const pattern = new Uint8Array(2 * partLength + 240).map((_, i) => (i * 7) % 251);
  return {
    about: "specs/sealed-document.md, Parts; byte i of an object is i·7 mod 251; bytes are hexadecimal",
    partLength,
    objects: [1, partLength, 2 * partLength + 240].map((length) => {
      const parts = Array.from({ length: partsOf(length) }, (_, part) => {
        const from = part * partLength;
        return { sha256: Buffer.from(sha256(pattern.subarray(from, from + lengthOfPart(length, part)))) };
      });
      return { length, parts: parts.map((part) => hex(part.sha256)), objectDigest: hex(objectDigest(parts)) };
    }),
  };
}
