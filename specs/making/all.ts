import { accountChainVectors } from "./account-chain.ts";
import { auditLogVectors } from "./audit-log.ts";
import { encodingVectors } from "./encodings.ts";
import { keyVectors } from "./keys.ts";
import { merkleVectors } from "./merkle.ts";
import { objectPartVectors } from "./object-parts.ts";
import { releaseGateVectors } from "./release-gate.ts";
import { sealedDocumentVectors } from "./sealed-document.ts";
import { statementVectors } from "./statements.ts";
import type { VectorFile } from "./values.ts";
import { vaultVectors } from "./vault.ts";

export type AllVectors = {
  readonly json: Readonly<Record<string, VectorFile>>;
  /** By path below specs/vectors. */
  readonly files: Readonly<Record<string, Uint8Array>>;
};

/** Every vector file by name, made again from the code; and the files that are not JSON vectors beside them. */
export async function makeAllVectors(): Promise<AllVectors> {
  const document = await sealedDocumentVectors();
  const vault = await vaultVectors();
  const stored = Object.entries(vault.files).map(([name, file]) => [`vault/${name}`, file]);
  return {
    files: { "sealed-document.age": document.age, ...Object.fromEntries(stored) },
    json: {
      encodings: await encodingVectors(),
      statements: statementVectors(),
      "account-chain": await accountChainVectors(),
      keys: await keyVectors(),
      "sealed-document": document.json,
      vault: vault.json,
      "object-parts": objectPartVectors(),
      "release-gate": await releaseGateVectors(),
      merkle: merkleVectors(),
      "audit-log": auditLogVectors(),
    },
  };
}
