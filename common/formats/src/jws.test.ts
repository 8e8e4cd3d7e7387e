import { describe, expect, it } from "vitest";
import { concatBytes, copyBytes, encodeBase64url, encodeUtf8, MalformedError } from "@afterkeep/bytes";
import { sha256, sign, SignatureError, signingKeyFromSeed, thumb } from "@afterkeep/crypto";
import {
  parseStatement,
  peekStatementKind,
  signStatement,
  signStatementWith,
  statementId,
  verifyStatement,
} from "./jws.ts";

const key = signingKeyFromSeed(new Uint8Array(32).fill(4));
const other = signingKeyFromSeed(new Uint8Array(32).fill(5));
const kid = thumb(key.publicKey);
const payload = { account: "AAECAwQFBgcICQoLDA0ODw", n: 1 };
const jws = signStatement("pin", payload, key);
const [head = "", body = "", signature = ""] = jws.split(".");

const b64 = (text: string) => encodeBase64url(encodeUtf8(text));
/** A JWS with a correct signature over whatever head and body it is given. */
const signedWith = (header: string, content: string) =>
  `${header}.${content}.${encodeBase64url(sign(encodeUtf8(`${header}.${content}`), key))}`;
const read = (text: string) => verifyStatement(text, "pin", 8192, key.publicKey);

describe("statements", () => {
  it("verify with their key and tell what they say", () => {
    const statement = read(jws);
    expect(statement).toMatchObject({ kind: "pin", kid, payload, jws });
    expect(peekStatementKind(jws)).toBe("pin");
  });

  it("have the header of RFC 9864, in canonical JSON", () => {
    expect(Buffer.from(head, "base64url").toString()).toBe(`{"alg":"Ed25519","kid":"${kid}","typ":"ak1-pin+jws"}`);
  });

  it("are named by their content, not by their signature", () => {
    const prefix = concatBytes(encodeUtf8("afterkeep/v1/stmt"), Uint8Array.of(0));
    expect(read(jws).id).toEqual(sha256(concatBytes(prefix, encodeUtf8(`${head}.${body}`))));
    expect(statementId("pin", payload, kid)).toEqual(read(jws).id);
    const otherSignature = `${head}.${body}.${encodeBase64url(new Uint8Array(64))}`;
    expect(parseStatement(otherSignature, "pin", 8192).id).toEqual(read(jws).id);
  });

  it("can be signed by a key that does not show itself", async () => {
    const signer = { publicKey: key.publicKey, sign: async (message: Uint8Array) => sign(message, key) };
    expect(await signStatementWith("pin", payload, signer)).toBe(jws);
  });

  it("do not verify with another key, or a key of another name", () => {
    expect(() => verifyStatement(jws, "pin", 8192, other.publicKey)).toThrow(SignatureError);
    const foreign = signStatement("pin", payload, other);
    expect(() => read(foreign)).toThrow(SignatureError);
    const renamed = signedWith(b64(`{"alg":"Ed25519","kid":"${thumb(other.publicKey)}","typ":"ak1-pin+jws"}`), body);
    expect(() => read(renamed)).toThrow(SignatureError);
    expect(() => verifyStatement(renamed, "pin", 8192, other.publicKey)).toThrow(SignatureError);
  });

  it("do not verify once a character of payload or signature changed", () => {
    for (const part of [1, 2]) {
      const parts = [head, body, signature];
      const text = parts[part] ?? "";
      parts[part] = (text.startsWith("A") ? "B" : "A") + text.slice(1);
      expect(() => read(parts.join("."))).toThrow();
    }
    const bytes = copyBytes(Buffer.from(signature, "base64url"));
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    expect(() => read(`${head}.${body}.${encodeBase64url(bytes)}`)).toThrow(SignatureError);
  });

  it.each([
    ["EdDSA", `{"alg":"EdDSA","kid":"${kid}","typ":"ak1-pin+jws"}`],
    ["none", `{"alg":"none","kid":"${kid}","typ":"ak1-pin+jws"}`],
    ["HS256", `{"alg":"HS256","kid":"${kid}","typ":"ak1-pin+jws"}`],
    ["another kind", `{"alg":"Ed25519","kid":"${kid}","typ":"ak1-policy+jws"}`],
    ["no kind", `{"alg":"Ed25519","kid":"${kid}"}`],
    ["no key", `{"alg":"Ed25519","typ":"ak1-pin+jws"}`],
    ["a critical extension", `{"alg":"Ed25519","crit":["x"],"kid":"${kid}","typ":"ak1-pin+jws"}`],
    ["an embedded key", `{"alg":"Ed25519","jwk":{},"kid":"${kid}","typ":"ak1-pin+jws"}`],
    ["an unencoded payload", `{"alg":"Ed25519","b64":false,"kid":"${kid}","typ":"ak1-pin+jws"}`],
    ["another order", `{"kid":"${kid}","alg":"Ed25519","typ":"ak1-pin+jws"}`],
    ["a space", `{"alg":"Ed25519", "kid":"${kid}","typ":"ak1-pin+jws"}`],
    ["a short key name", `{"alg":"Ed25519","kid":"AAAA","typ":"ak1-pin+jws"}`],
    ["not JSON", "pin"],
  ])("are refused with a correctly signed header that has %s", (_, header) => {
    expect(() => read(signedWith(b64(header), body))).toThrow(MalformedError);
  });

  it.each([
    ["unsorted", '{"n":1,"account":"x"}'],
    ["spaced", '{"account": "x","n":1}'],
    ["with two equal names", '{"n":1,"n":2}'],
    ["a list", "[]"],
    ["null", "null"],
    ["empty", ""],
  ])("are refused with a correctly signed payload that is %s", (_, content) => {
    expect(() => read(signedWith(head, b64(content)))).toThrow(MalformedError);
  });

  it.each([
    ["two parts", `${head}.${body}`],
    ["four parts", `${jws}.AA`],
    ["padding", `${head}.${body}.${signature}==`],
    ["a line break", `${jws}\n`],
    ["a leading space", ` ${jws}`],
    ["an empty signature", `${head}.${body}.`],
    ["a short signature", `${head}.${body}.${signature.slice(0, 80)}`],
    ["padding in the header", `${head}=.${body}.${signature}`],
    ["the JSON serialization", JSON.stringify({ payload: body, protected: head, signature })],
    ["nothing", ""],
  ])("are refused with %s", (_, text) => {
    expect(() => read(text)).toThrow(MalformedError);
  });

  it("are refused above their limit", () => {
    expect(() => verifyStatement(jws, "pin", jws.length - 1, key.publicKey)).toThrow(MalformedError);
    expect(verifyStatement(jws, "pin", jws.length, key.publicKey).kid).toBe(kid);
  });

  it("cannot be of a kind that is not a name", () => {
    for (const kind of ["", "Pin", "pin+jws", "pi n", "-pin", "p".repeat(32)]) {
      expect(() => signStatement(kind, payload, key)).toThrow(MalformedError);
    }
  });
});
