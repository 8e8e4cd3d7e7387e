import { type ParsedStatement, parseStatement } from "@afterkeep/formats";
import { InputError, InvariantError } from "@afterkeep/platform";
import {
  challengeBody,
  type Head,
  receiptBody,
  statementBodies,
  type StatementBody,
  type StatementKind,
  statementLimits,
} from "@afterkeep/statements";

export type ReadStatement<K extends StatementKind> = { jws: string; id: Buffer; body: StatementBody<K> };

/**
 * Reads an untrusted statement: form and fields, never its signature. Whether it counts is for the keyholder to say; here it must
 * only be storable. Throws InputError `statement-malformed`.
 */
export function readStatement<K extends StatementKind>(kind: K, jws: string): ReadStatement<K> {
  try {
    const parsed: ParsedStatement = parseStatement(jws, kind, statementLimits[kind]);
    const body = statementBodies[kind].parse(parsed.payload) as StatementBody<K>;
    return { jws, id: Buffer.from(parsed.id), body };
  } catch (cause) {
    throw new InputError("statement-malformed", "The statement is not one that this version understands.", {
      next: "Update this client, then sign again.",
      cause,
    });
  }
}

/** Where a receipt stands in the keyholder's own counting, and whether it is for a weak sign. The receipt itself is for the client to verify. */
export function readReceipt(receipt: string): Pick<StatementBody<"receipt">, "epoch" | "counter" | "weak"> {
  try {
    return receiptBody.parse(parseStatement(receipt, "receipt", statementLimits.receipt).payload);
  } catch (cause) {
    throw new InvariantError("receipt-unreadable", "The keyholder's answer could not be read.", { cause });
  }
}

/** The newest statement that the keyholder knows of an account, by a challenge of its. The challenge itself is for the client to verify. */
export function challengeHead(challenge: string): Head {
  try {
    return challengeBody.parse(parseStatement(challenge, "challenge", statementLimits.challenge).payload).head;
  } catch (cause) {
    throw new InvariantError("challenge-unreadable", "The keyholder's answer could not be read.", { cause });
  }
}
