import { z } from "zod";
import type { Store } from "./store.ts";

const releaseSchema = z.object({ release: z.string() });
const fetchSchema = z.object({ manifestHash: z.string() });

export function addDecision(
  store: Store,
  decision: { id: string; account: string; b: string; g: number; atMs: number; release: string },
): void {
  const { id, account, b, g, atMs, release } = decision;
  store.run("insert into decision values (?, ?, ?, ?, ?, ?)", id, account, b, g, atMs, release);
}

/** The signed `release` of a decision. */
export function getRelease(store: Store, decision: string): string {
  return store.one("select release from decision where id = ?", releaseSchema, decision).release;
}

/** The manifest that a recipient's share was given with, once it was. */
export function findFetch(store: Store, decision: string, r: string): { manifestHash: string } | null {
  return store.find(
    "select manifest_hash as manifestHash from fetch where decision = ? and r = ?",
    fetchSchema,
    decision,
    r,
  );
}

/** Invariant: one row per decision and recipient, on disk before the share leaves. Fetched means: this row exists. */
export function addFetch(
  store: Store,
  fetch: { decision: string; r: string; manifestHash: string; atMs: number },
): void {
  store.run("insert into fetch values (?, ?, ?, ?)", fetch.decision, fetch.r, fetch.manifestHash, fetch.atMs);
}
