import { describe, expect, it } from "vitest";
import { copyBytes, decodeUtf8, encodeUtf8, MalformedError } from "@afterkeep/bytes";
import { sign, SignatureError, signingKeyFromSeed } from "@afterkeep/crypto";
import { signCheckpoint, verifyCheckpoint } from "./checkpoint.ts";
import { leafHash } from "./hashes.ts";
import { decodeNote, encodeNote, formatVerifierKey, noteVerifier, parseVerifierKey, signNote } from "./note.ts";
import { rootOfLeaves } from "./root.ts";
import { decodeEntryBundle, encodeEntryBundle, tileHashes, tilePath, tileRoot } from "./tiles.ts";

const key = signingKeyFromSeed(new Uint8Array(32).fill(1));
const witnessKey = signingKeyFromSeed(new Uint8Array(32).fill(2));
const verifier = noteVerifier("log.example/afterkeep", key.publicKey);
const head = { origin: "log.example/afterkeep", size: 7, root: leafHash(encodeUtf8("root")) };
const signed = signCheckpoint(head, key);
const text = decodeUtf8(signed);
/** A correctly signed note over any text. */
const signedText = (body: string, name = verifier.name) =>
  encodeNote({ text: body, signatures: [{ ...signNote(body, verifier.name, key), name }] });

describe("checkpoints", () => {
  it("verify with the log's key", () => {
    expect(verifyCheckpoint(signed, verifier)).toEqual(head);
    expect(text.split("\n").slice(0, 2)).toEqual(["log.example/afterkeep", "7"]);
  });

  it("are refused after any one-bit change", () => {
    for (let bit = 0; bit < signed.length * 8; bit += 3) {
      const changed = copyBytes(signed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => verifyCheckpoint(changed, verifier)).toThrow();
    }
  });

  it("are refused from another key or under another name", () => {
    const other = noteVerifier(verifier.name, witnessKey.publicKey);
    expect(() => verifyCheckpoint(signed, other)).toThrow(SignatureError);
    expect(() => verifyCheckpoint(signed, noteVerifier("other.example", key.publicKey))).toThrow(SignatureError);
  });

  it("are refused for a log that the signer is not", () => {
    const body = text.slice(0, text.indexOf("\n\n") + 1).replace("log.example/afterkeep", "other.example/log");
    expect(() => verifyCheckpoint(signedText(body), verifier)).toThrow(MalformedError);
  });

  it.each([
    ["a leading zero", (t: string) => t.replace("\n7\n", "\n07\n")],
    ["a sign", (t: string) => t.replace("\n7\n", "\n+7\n")],
    ["an exponent", (t: string) => t.replace("\n7\n", "\n7e0\n")],
    ["a negative size", (t: string) => t.replace("\n7\n", "\n-7\n")],
    ["an extension line", (t: string) => `${t}extension\n`],
    ["no root", (t: string) => t.split("\n").slice(0, 2).join("\n") + "\n"],
    ["a shorter root", (t: string) => t.replace(/\n[^\n]+\n$/, "\nAAAA\n")],
  ])("are refused with %s, correctly signed", (_, change) => {
    const body = change(text.slice(0, text.indexOf("\n\n") + 1));
    expect(() => verifyCheckpoint(signedText(body), verifier)).toThrow(MalformedError);
  });
});

describe("signed notes", () => {
  it("may carry signatures of witnesses that we do not know", () => {
    const note = decodeNote(signed);
    const cosigned = encodeNote({
      ...note,
      signatures: [signNote(note.text, "witness.example", witnessKey), ...note.signatures],
    });
    expect(verifyCheckpoint(cosigned, verifier)).toEqual(head);
  });

  it("are refused with our name and key hash over another's signature, or twice ours", () => {
    const note = decodeNote(signed);
    const [own] = note.signatures;
    if (own === undefined) throw new Error("one signature");
    const forged = { ...own, signature: sign(encodeUtf8(note.text), witnessKey) };
    for (const signatures of [[forged], [own, forged], [own, own]]) {
      expect(() => verifyCheckpoint(encodeNote({ ...note, signatures }), verifier)).toThrow(SignatureError);
    }
  });

  it.each([
    ["without a signature", text.slice(0, text.indexOf("\n\n") + 2)],
    ["without an empty line", text.replace("\n\n", "\n")],
    ["without a last line feed", text.slice(0, -1)],
    ["with a hyphen for the dash", text.replace("—", "-")],
    ["with carriage returns", text.replaceAll("\n", "\r\n")],
    ["with a second space", text.replace("— ", "—  ")],
    ["with a tab", text.replace("— log", "—\tlog")],
    ["with a plus in the name", text.replace("— log", "— l+og")],
    ["with a line behind", `${text}x\n`],
    ["with a signature of four bytes", text.replace(/(— \S+ )\S+/, "$1AAAAAA==")],
  ])("are refused %s", (_, changed) => {
    expect(() => verifyCheckpoint(encodeUtf8(changed), verifier)).toThrow();
  });

  it("are refused with more lines or bytes than anybody writes", () => {
    const line = text.slice(text.indexOf("—"));
    expect(() => decodeNote(encodeUtf8(text + line.repeat(20)))).toThrow(MalformedError);
    expect(() => decodeNote(new Uint8Array(70_000).fill(0x41))).toThrow(MalformedError);
  });

  it("have verifier keys that carry their own check", () => {
    const published = formatVerifierKey(verifier);
    expect(parseVerifierKey(published)).toEqual({ name: verifier.name, publicKey: key.publicKey });
    for (const changed of [
      published.replace("log.", "lag."),
      published.slice(0, -4),
      "a+b",
      published.replace(/\+.{8}\+/, "+00000000+"),
    ]) {
      expect(() => parseVerifierKey(changed)).toThrow(MalformedError);
    }
    expect(() => noteVerifier("with space", key.publicKey)).toThrow(MalformedError);
    expect(() => noteVerifier("small", new Uint8Array(32))).toThrow(MalformedError);
  });
});

describe("tiles", () => {
  it.each([
    [{ level: 0, index: 0, width: 256 } as const, "tile/0/000"],
    [{ level: 0, index: 0, width: 15 } as const, "tile/0/000.p/15"],
    [{ level: 1, index: 1_234_067, width: 8 } as const, "tile/1/x001/x234/067.p/8"],
    [{ level: "entries", index: 1_000, width: 256 } as const, "tile/entries/x001/000"],
  ])("of %j are at %s", (tile, path) => {
    expect(tilePath(tile)).toBe(path);
  });

  it("stand for 256 leaves in the tile above", () => {
    const hashes = Array.from({ length: 256 }, (_, i) => leafHash(Uint8Array.of(i)));
    expect(tileRoot(hashes)).toEqual(rootOfLeaves(hashes));
    expect(() => tileRoot(hashes.slice(1))).toThrow(MalformedError);
  });

  it("are refused unless they are whole hashes, 1 to 256", () => {
    expect(tileHashes(new Uint8Array(64))).toHaveLength(2);
    for (const length of [0, 31, 33, 257 * 32])
      expect(() => tileHashes(new Uint8Array(length))).toThrow(MalformedError);
  });

  it("of entries come back exactly, or are refused", () => {
    const entries = [encodeUtf8("one"), new Uint8Array(0), new Uint8Array(65_535)];
    const bundle = encodeEntryBundle(entries);
    expect(decodeEntryBundle(bundle)).toEqual(entries);
    for (const cut of [bundle.subarray(0, -1), bundle.subarray(0, 1), new Uint8Array(0)]) {
      expect(() => decodeEntryBundle(cut)).toThrow(MalformedError);
    }
    expect(() => encodeEntryBundle([new Uint8Array(65_536)])).toThrow(MalformedError);
  });
});
