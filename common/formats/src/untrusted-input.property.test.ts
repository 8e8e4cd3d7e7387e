import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { copyBytes, decodeUtf8, encodeBase64url, encodeUtf8, MalformedError, newId } from "@afterkeep/bytes";
import { signingKeyFromSeed } from "@afterkeep/crypto";
import { encodeHeader, parseHeader } from "./age-header.ts";
import { encodeJcs } from "./jcs.ts";
import { parseStatement, signStatement } from "./jws.ts";
import { padContent, unpadContent } from "./padded.ts";
import { formatRecoveryKit, parseRecoveryKit } from "./recovery-kit.ts";

// Every reader of untrusted bytes either refuses with its own error, or has read something that it would write in the same bytes.

const fileKey = new Uint8Array(16).fill(1);
const stanza = fc.record({
  args: fc.array(fc.string({ unit: fc.constantFrom("a", "~", "!", "/"), minLength: 1, maxLength: 5 }), {
    minLength: 1,
    maxLength: 3,
  }),
  body: fc.uint8Array({ maxLength: 120 }).map(copyBytes),
});
const header = fc.array(stanza, { minLength: 1, maxLength: 3 }).map((stanzas) => encodeHeader(stanzas, fileKey));

/** Changes, drops or inserts a byte. */
const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.constantFrom("set", "drop", "insert"));
function changed(bytes: Uint8Array, [place, value, how]: [number, number, string]): Uint8Array {
  const at = place % bytes.length;
  return Uint8Array.from([
    ...bytes.subarray(0, at),
    ...(how === "drop" ? [] : [value]),
    ...bytes.subarray(how === "insert" ? at : at + 1),
  ]);
}

/** The value read, or null if it was refused with the expected error; any other error fails the test. */
function readOrRefuse<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedError);
    return null;
  }
}

describe("untrusted input", () => {
  it("as an age header is refused or written again in the same bytes", () => {
    fc.assert(
      fc.property(header, change, (bytes, edit) => {
        const text = changed(bytes, edit);
        const parsed = readOrRefuse(() => parseHeader(text));
        if (parsed === null) return;
        const again = decodeUtf8(encodeHeader(parsed.stanzas, fileKey));
        expect(again.slice(0, again.lastIndexOf("---") + 3)).toBe(decodeUtf8(parsed.authenticated));
        expect(text.subarray(0, parsed.authenticated.length)).toEqual(Uint8Array.from(parsed.authenticated));
      }),
      { numRuns: 1500 },
    );
  });

  it("as a statement is refused or is the same text again", () => {
    const key = signingKeyFromSeed(new Uint8Array(32).fill(2));
    const jws = encodeUtf8(signStatement("pin", { a: 1, b: ["x"] }, key));
    fc.assert(
      fc.property(change, (edit) => {
        const text = new TextDecoder("latin1").decode(changed(jws, edit));
        const parsed = readOrRefuse(() => parseStatement(text, "pin", 8192));
        if (parsed === null) return;
        const [head = ""] = text.split(".");
        expect(`${head}.${encodeBase64url(encodeJcs(parsed.payload))}.${encodeBase64url(parsed.signature)}`).toBe(text);
      }),
      { numRuns: 1500 },
    );
  });

  it("as padded content is refused or padded to the same bytes again", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), change, (content, edit) => {
        const bytes = changed(padContent(content), edit);
        const read = readOrRefuse(() => unpadContent(bytes));
        if (read !== null) expect(padContent(read)).toEqual(copyBytes(bytes));
      }),
    );
  });

  it("as a recovery kit is refused or is the same kit", () => {
    const kit = {
      account: newId(1),
      secret: new Uint8Array(32).fill(3),
      keyholder: encodeBase64url(new Uint8Array(32).fill(4)),
    };
    const print = encodeUtf8(formatRecoveryKit(kit));
    fc.assert(
      fc.property(change, (edit) => {
        const read = readOrRefuse(() => parseRecoveryKit(new TextDecoder("latin1").decode(changed(print, edit))));
        if (read !== null) expect(read).toEqual(kit);
      }),
      { numRuns: 500 },
    );
  });
});
