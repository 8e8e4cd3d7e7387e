import {
  type Bytes,
  concatBytes,
  decodeBase64url,
  decodeBase64urlExact,
  encodeBase64url,
  encodeUtf8,
  equalBytes,
  MalformedError,
} from "@afterkeep/bytes";
import { sha256, sign, SignatureError, type SigningKey, thumb, verify } from "@afterkeep/crypto";
import { decodeJcsObject, encodeJcs, type JcsObject } from "./jcs.ts";

/** The kind of a statement, as in its `typ`: lower case letters and hyphens, for example `checkin`. */
export type StatementKind = string;

/** A statement that was read but not verified: `kid` is what it claims. */
export type ParsedStatement = {
  /** The compact JWS itself. */
  readonly jws: string;
  readonly kind: StatementKind;
  /** The thumb of the key that it claims to be signed by, 43 characters. */
  readonly kid: string;
  /** The statement id, 32 bytes: H("afterkeep/v1/stmt" ‖ 00 ‖ header.payload). Names the content, whatever the signature. */
  readonly id: Bytes;
  readonly payload: JcsObject;
  readonly payloadBytes: Bytes;
  readonly signingInput: Bytes;
  readonly signature: Bytes;
};

/** Signs without showing its key: a non-extractable WebCrypto key, an HSM. */
export type StatementSigner = {
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Promise<Uint8Array>;
};

const idPrefix = concatBytes(encodeUtf8("afterkeep/v1/stmt"), Uint8Array.of(0));
const what = "statement";

/** Signs `payload` as a statement of `kind`: a compact JWS (RFC 7515, RFC 9864 `Ed25519`). */
export function signStatement(kind: StatementKind, payload: JcsObject, key: SigningKey): string {
  const input = statementInput(kind, payload, thumb(key.publicKey));
  return assemble(input, sign(encodeUtf8(input), key));
}

/** As signStatement, for keys that cannot be shown. */
export async function signStatementWith(
  kind: StatementKind,
  payload: JcsObject,
  signer: StatementSigner,
): Promise<string> {
  const input = statementInput(kind, payload, thumb(signer.publicKey));
  return assemble(input, await signer.sign(encodeUtf8(input)));
}

/** The id that a statement with this content has, or will have once signed by the key with thumb `kid`. */
export function statementId(kind: StatementKind, payload: JcsObject, kid: string): Bytes {
  return idOf(encodeUtf8(statementInput(kind, payload, kid)));
}

/**
 * Reads an untrusted compact JWS of at most `maxBytes` without verifying it. Throws MalformedError unless it is byte for byte
 * what signStatement writes for this `kind`.
 */
export function parseStatement(jws: string, kind: StatementKind, maxBytes: number): ParsedStatement {
  const [header, body, signature, ...more] = jws.length > maxBytes ? [] : jws.split(".");
  if (!header || !body || !signature || more.length > 0) throw new MalformedError(what);
  const payloadBytes = decodeBase64url(body);
  const signingInput = encodeUtf8(`${header}.${body}`);
  return {
    jws,
    kind,
    kid: readKid(decodeBase64url(header), kind),
    id: idOf(signingInput),
    payload: decodeJcsObject(payloadBytes, maxBytes),
    payloadBytes,
    signingInput,
    signature: decodeBase64urlExact(signature, 64, what),
  };
}

/** As parseStatement, and signed by `publicKey`. Throws MalformedError on form, SignatureError on anything else. */
export function verifyStatement(
  jws: string,
  kind: StatementKind,
  maxBytes: number,
  publicKey: Uint8Array,
): ParsedStatement {
  const statement = parseStatement(jws, kind, maxBytes);
  verifyParsedStatement(statement, publicKey);
  return statement;
}

/** Throws SignatureError unless a parsed statement is signed by `publicKey` and names it. */
export function verifyParsedStatement(statement: ParsedStatement, publicKey: Uint8Array): void {
  if (publicKey.length !== 32 || thumb(publicKey) !== statement.kid) throw new SignatureError();
  if (!verify(statement.signature, statement.signingInput, publicKey)) throw new SignatureError();
}

/** The kind an untrusted statement claims, to choose its parser. Throws MalformedError if it has no readable header. */
export function peekStatementKind(jws: string): StatementKind {
  const header = decodeJcsObject(decodeBase64url(jws.slice(0, 1024).split(".")[0] ?? ""), 512);
  const match = /^ak1-([a-z][a-z-]{0,30})\+jws$/.exec(typeof header["typ"] === "string" ? header["typ"] : "");
  if (match?.[1] === undefined) throw new MalformedError(what);
  return match[1];
}

function statementInput(kind: StatementKind, payload: JcsObject, kid: string): string {
  return `${encodeBase64url(headerBytes(kind, kid))}.${encodeBase64url(encodeJcs(payload))}`;
}

function headerBytes(kind: StatementKind, kid: string): Bytes {
  if (!/^[a-z][a-z-]{0,30}$/.test(kind)) throw new MalformedError(what);
  decodeBase64urlExact(kid, 32, what);
  return encodeJcs({ alg: "Ed25519", kid, typ: `ak1-${kind}+jws` });
}

function readKid(header: Bytes, kind: StatementKind): string {
  const kid = decodeJcsObject(header, 512)["kid"];
  // Why rebuild: a header with anything else in it ("crit", "jwk", another alg) is not one that we skip but one that we refuse.
  if (typeof kid !== "string" || !equalBytes(headerBytes(kind, kid), header)) throw new MalformedError(what);
  return kid;
}

function idOf(signingInput: Uint8Array): Bytes {
  return sha256(concatBytes(idPrefix, signingInput));
}

function assemble(input: string, signature: Uint8Array): string {
  return `${input}.${encodeBase64url(signature)}`;
}
