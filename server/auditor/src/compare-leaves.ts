import { equalBytes } from "@afterkeep/bytes";
import type { PlacedLeaf } from "./leaf-database.ts";
import type { LogStore } from "./log-store.ts";

/** What the database shows at a place, compared with what the tree was built from. */
export type Finding = { index: number; problem: "missing" | "altered" | "moved" | "surplus" };

/** Compares the database's leaves of the places [from, from + count) with the store. Empty when they are the same. */
export function compareLeaves(store: LogStore, from: number, count: number, placed: readonly PlacedLeaf[]): Finding[] {
  const byIndex = new Map(placed.map((leaf) => [leaf.index, leaf]));
  const findings: Finding[] = [];
  for (let index = from; index < from + count; index++) {
    const problem = compareOne(store, index, byIndex.get(index));
    if (problem !== null) findings.push({ index, problem });
  }
  return findings;
}

function compareOne(store: LogStore, index: number, found: PlacedLeaf | undefined): Finding["problem"] | null {
  const kept = store.leafAt(index);
  if (kept === null) return found === undefined ? null : "surplus";
  if (found === undefined) return "missing";
  if (found.leafId !== kept.leafId) return "moved";
  return equalBytes(found.data, kept.data) ? null : "altered";
}
