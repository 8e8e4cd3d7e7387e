import { encodeBase64url, encodeUtf8 } from "@afterkeep/bytes";
import { sign, signingKeyFromSeed, thumb } from "@afterkeep/crypto";
import { type JcsObject, parseStatement, signStatement } from "@afterkeep/formats";
import { hex, named, namedId, type VectorFile } from "./values.ts";

const key = signingKeyFromSeed(named("owner seed"));
const kid = thumb(key.publicKey);
const payload: JcsObject = { account: namedId("account"), aud: encodeBase64url(named("keyholder thumb")), n: 1 };

/** A JWS whose signature is right for whatever header and body text it carries. */
function signedText(header: string, body: string): string {
  const input = `${encodeBase64url(encodeUtf8(header))}.${encodeBase64url(encodeUtf8(body))}`;
  return `${input}.${encodeBase64url(sign(encodeUtf8(input), key))}`;
}

export function statementVectors(): VectorFile {
  const jws = signStatement("pin", payload, key);
  const header = `{"alg":"Ed25519","kid":"${kid}","typ":"ak1-pin+jws"}`;
  const body = JSON.stringify(payload);
  return {
    about: "specs/encodings.md, Statements; bytes are hexadecimal",
    seed: hex(key.seed),
    publicKey: hex(key.publicKey),
    thumb: kid,
    kind: "pin",
    payload: body,
    jws,
    id: hex(parseStatement(jws, "pin", 8192).id),
    refused: [
      { why: "alg EdDSA", jws: signedText(header.replace("Ed25519", "EdDSA"), body) },
      { why: "another kind", jws: signedText(header.replace("ak1-pin", "ak1-policy"), body) },
      { why: "a header field more", jws: signedText(header.replace('{"alg"', '{"aaa":1,"alg"'), body) },
      { why: "another key's name", jws: signedText(header.replace(kid, encodeBase64url(named("other thumb"))), body) },
      { why: "payload with a space", jws: signedText(header, body.replace(":", ": ")) },
      { why: "payload with a name twice", jws: signedText(header, body.replace('"n":1', '"n":1,"n":1')) },
      { why: "a changed payload", jws: jws.replace(/\.(.)/, (_, first: string) => `.${first === "e" ? "f" : "e"}`) },
      { why: "no signature", jws: jws.slice(0, jws.lastIndexOf(".") + 1) },
      { why: "padding", jws: `${jws}==` },
    ],
  };
}
