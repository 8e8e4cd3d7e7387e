import { accountChainVectors } from "./account-chain.ts";
import { auditLogVectors } from "./audit-log.ts";
import { encodingVectors } from "./encodings.ts";
import { keyVectors } from "./keys.ts";
import { merkleVectors } from "./merkle.ts";
import { releaseGateVectors } from "./release-gate.ts";
import { sealedDocumentVectors } from "./sealed-document.ts";
import { statementVectors } from "./statements.ts";
import type { VectorFile } from "./values.ts";

/** Every vector file by name, made again from the code; the one binary file beside them. */
export async function makeAllVectors(): Promise<{ json: Record<string, VectorFile>; age: Uint8Array }> {
  const document = await sealedDocumentVectors();
  return {
    age: document.age,
    json: {
      encodings: await encodingVectors(),
      statements: statementVectors(),
      "account-chain": await accountChainVectors(),
      keys: await keyVectors(),
      "sealed-document": document.json,
      "release-gate": await releaseGateVectors(),
      merkle: merkleVectors(),
      "audit-log": auditLogVectors(),
    },
  };
}
