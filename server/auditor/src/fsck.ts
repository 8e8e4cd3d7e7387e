import { encodeUtf8, equalBytes } from "@afterkeep/bytes";
import { leafHash, type NoteVerifier, RangeHasher, verifyCheckpoint } from "@afterkeep/merkle";
import type { Kysely } from "kysely";
import { compareLeaves, type Finding } from "./compare-leaves.ts";
import { type AuditSchema, placedSize, readPlaced } from "./leaf-database.ts";
import type { LogStore } from "./log-store.ts";

export type FsckReport = {
  /** Leaves under the signed head. */
  size: number;
  findings: Finding[];
  /** Whether the tree rebuilt from the database's bytes alone has the signed root. */
  isRootSame: boolean;
  isGood: boolean;
};

const page = 1000;

/**
 * Reads every leaf of the database again and rebuilds the tree from it, independently of the stored hashes, against the signed
 * checkpoint. Throws SignatureError when the stored checkpoint is not by `verifier`.
 */
export async function fsck(db: Kysely<AuditSchema>, store: LogStore, verifier: NoteVerifier): Promise<FsckReport> {
  const head = store.head();
  const signed = head === null ? null : verifyCheckpoint(encodeUtf8(head.checkpoint), verifier);
  const size = signed?.size ?? 0;
  const range = new RangeHasher();
  const findings: Finding[] = [];
  for (let from = 0; from < size; from += page) {
    const count = Math.min(page, size - from);
    const placed = await readPlaced(db, from, count);
    findings.push(...compareLeaves(store, from, count, placed));
    for (const leaf of placed) range.append(leafHash(leaf.data));
  }
  findings.push(...(await findSurplus(db, store)));
  const isRootSame = signed === null || (range.size === size && equalBytes(range.root(), signed.root));
  return { size, findings, isRootSame, isGood: findings.length === 0 && isRootSame };
}

// Leaves above the signed head may still wait for their place in the database, so only those beyond the store are a finding.
async function findSurplus(db: Kysely<AuditSchema>, store: LogStore): Promise<Finding[]> {
  const placed = await placedSize(db);
  return placed > store.size() ? [{ index: placed - 1, problem: "surplus" }] : [];
}
