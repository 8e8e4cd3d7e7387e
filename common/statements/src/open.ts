import { encodeBase64url, MalformedError } from "@afterkeep/bytes";
import { SignatureError } from "@afterkeep/crypto";
import { type ParsedStatement, parseStatement, peekStatementKind, verifyParsedStatement } from "@afterkeep/formats";
import { type StatementBody, statementBodies, type StatementKind, statementLimits } from "./bodies.ts";
import { checkBody } from "./check-body.ts";
import { expectThat, StatementError } from "./errors.ts";
import { parseBody } from "./parse-body.ts";
import type { OpenedStatement } from "./sign.ts";

/** The key that must have signed: 32 raw bytes, or chosen from the untrusted claim; null refuses. */
export type KeyOrResolver<K extends StatementKind> =
  Uint8Array | ((kid: string, untrusted: StatementBody<K>) => Uint8Array | null);

/**
 * Opens an untrusted statement of exactly this kind: size, canonical form, schema, the fields' sense, `kid` the thumb of the key,
 * signature. Throws StatementError; nothing else escapes.
 */
export function openStatement<K extends StatementKind>(
  kind: K,
  statement: string | ParsedStatement,
  key: KeyOrResolver<K>,
): OpenedStatement<K> {
  const parsed = typeof statement === "string" ? readStatement(kind, statement) : statement;
  expectThat(parsed.kind === kind, "kind");
  const { body } = parseBody(kind, parsed.payload);
  const publicKey = typeof key === "function" ? key(parsed.kid, body) : key;
  verifySignature(parsed, publicKey);
  checkBody(kind, body);
  return { kind, jws: parsed.jws, id: encodeBase64url(parsed.id), kid: parsed.kid, body };
}

/** The kind that an untrusted statement claims. Throws StatementError `malformed`, or `kind` for one that does not exist. */
export function statementKindOf(jws: string): StatementKind {
  const kind = translated(() => peekStatementKind(jws));
  expectThat(isStatementKind(kind), "kind");
  return kind;
}

/** The id of an untrusted statement, without verifying it. Throws StatementError. */
export function statementIdOf(jws: string): string {
  return encodeBase64url(readStatement(statementKindOf(jws), jws).id);
}

/** An untrusted statement of this kind, read but not verified, for `openStatement` to go on with. Throws StatementError. */
export function readStatement(kind: StatementKind, jws: string): ParsedStatement {
  expectThat(jws.length <= statementLimits[kind], "too-large");
  expectThat(statementKindOf(jws) === kind, "kind");
  return translated(() => parseStatement(jws, kind, statementLimits[kind]));
}

function verifySignature(parsed: ParsedStatement, publicKey: Uint8Array | null): void {
  if (publicKey === null) throw new StatementError("signature", "no such key");
  translated(() => verifyParsedStatement(parsed, publicKey));
}

function translated<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SignatureError) throw new StatementError("signature", "", error);
    if (error instanceof MalformedError) throw new StatementError("malformed", "", error);
    throw error;
  }
}

function isStatementKind(kind: string): kind is StatementKind {
  return Object.hasOwn(statementBodies, kind);
}
