import { signStatement } from "@afterkeep/formats";
import { type StatementBody, statementBodies } from "@afterkeep/statements";
import type { KeyholderKeys } from "./key-files.ts";

type Spoken = "challenge" | "receipt" | "deposit-key" | "imported" | "release" | "withdrawn" | "asked" | "freeze-state";

/** A statement of the keyholder's own. Synchronous, so that it can be written in the transaction that makes it true. */
export function speak<Kind extends Spoken>(keys: KeyholderKeys, kind: Kind, body: StatementBody<Kind>): string {
  return signStatement(kind, statementBodies[kind].parse(body), keys.signing);
}
