import { thumb } from "@afterkeep/crypto";
import type { StatementBody } from "./bodies.ts";
import { expectThat } from "./errors.ts";
import { openStatement } from "./open.ts";

/** What an order to freeze or to thaw must be for. */
export type FreezeOrderExpectation = {
  /** Raw Ed25519 keys, all different. */
  readonly operators: readonly Uint8Array[];
  readonly aud: string;
  readonly mode: "real" | "demo";
};

/**
 * Opens an untrusted order: two statements with the very same body, signed by two different operators. Challenge, epoch and the freeze that it
 * names are the keyholder's to judge. Throws StatementError.
 */
export function verifyFreezeOrder(
  statements: readonly [string, string],
  { operators, aud, mode }: FreezeOrderExpectation,
): StatementBody<"freeze"> {
  const keys = new Map(operators.map((key) => [thumb(key), key]));
  const [first, second] = statements.map((jws) => openStatement("freeze", jws, (kid) => keys.get(kid) ?? null));
  expectThat(first !== undefined && second !== undefined, "operators");
  expectThat(first.kid !== second.kid && payloadOf(first.jws) === payloadOf(second.jws), "operators");
  expectThat(first.body.aud === aud, "audience");
  expectThat(first.body.mode === mode, "mode");
  return first.body;
}

/** Why the bytes: a statement has one canonical form, so equal bodies are equal there and nowhere else. */
function payloadOf(jws: string): string | undefined {
  return jws.split(".")[1];
}
