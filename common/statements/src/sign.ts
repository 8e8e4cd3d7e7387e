import { encodeBase64url } from "@afterkeep/bytes";
import { thumb } from "@afterkeep/crypto";
import { signStatementWith, statementId as idOf } from "@afterkeep/formats";
import { type StatementBody, type StatementKind, statementLimits } from "./bodies.ts";
import { checkBody } from "./check-body.ts";
import { expectThat } from "./errors.ts";
import { parseBody } from "./parse-body.ts";

/** A key that signs without showing itself: bytes in memory, a non-extractable WebCrypto key, a file. */
export type StatementSigner = {
  /** 32 raw bytes, Ed25519. */
  readonly publicKey: Uint8Array;
  /** 64 bytes of Ed25519 (RFC 8032) over `message`. */
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
};

/** A statement whose form and signature hold. `id` and `kid` are 43 characters of base64url. */
export type OpenedStatement<K extends StatementKind = StatementKind> = {
  readonly kind: K;
  readonly jws: string;
  readonly id: string;
  readonly kid: string;
  readonly body: StatementBody<K>;
};

/** Signs a body of its kind. Throws StatementError if nobody would accept it, before anything is signed. */
export async function signedStatement<K extends StatementKind>(
  kind: K,
  body: StatementBody<K>,
  signer: StatementSigner,
): Promise<OpenedStatement<K>> {
  const { payload, body: checked } = parseBody(kind, body);
  checkBody(kind, checked);
  const kid = thumb(signer.publicKey);
  const sign = async (message: Uint8Array) => signer.sign(message);
  const jws = await signStatementWith(kind, payload, { publicKey: signer.publicKey, sign });
  expectThat(jws.length <= statementLimits[kind], "too-large");
  return { kind, jws, id: encodeBase64url(idOf(kind, payload, kid)), kid, body: checked };
}
