import { decodeUtf8, encodeUtf8, type Id } from "@afterkeep/bytes";
import { dayMs } from "@afterkeep/switch";
import { RefusedError } from "./errors.ts";
import type { VerifiedDocument } from "./verify-rows.ts";

/** How long earlier versions of documents are kept. The current version always is. */
export type VersionPolicy = {
  /** Versions of each document, the current one included; 1 keeps no earlier one. */
  readonly keepVersions: number;
  /** Days that an earlier version is kept after it was replaced; 0 for no limit by age. */
  readonly keepDays: number;
};

export const defaultVersionPolicy: VersionPolicy = { keepVersions: 10, keepDays: 0 };
const most: VersionPolicy = { keepVersions: 1000, keepDays: 36_500 };

export function encodeVersionPolicy({ keepVersions, keepDays }: VersionPolicy): Uint8Array {
  return encodeUtf8(JSON.stringify({ keepVersions, keepDays }));
}

/** Reads what this owner sealed; another form, of a later version of this program, is the default. */
export function decodeVersionPolicy(bytes: Uint8Array): VersionPolicy {
  const value: unknown = JSON.parse(decodeUtf8(bytes));
  const { keepVersions, keepDays }: { keepVersions?: unknown; keepDays?: unknown } = Object(value);
  if (typeof keepVersions !== "number" || typeof keepDays !== "number") return defaultVersionPolicy;
  const policy = { keepVersions, keepDays };
  return isPossible(policy) ? policy : defaultVersionPolicy;
}

export function expectPossiblePolicy(policy: VersionPolicy): void {
  if (isPossible(policy)) return;
  throw new RefusedError("not-possible", "Versions cannot be kept like that.", {
    next: `Keep 1 to ${most.keepVersions} versions, for 0 to ${most.keepDays} days.`,
  });
}

function isPossible({ keepVersions, keepDays }: VersionPolicy): boolean {
  const isCount = (value: number, least: number, max: number) =>
    Number.isSafeInteger(value) && value >= least && value <= max;
  return isCount(keepVersions, 1, most.keepVersions) && isCount(keepDays, 0, most.keepDays);
}

/** A version as pruning sees it. */
export type PrunableVersion = { readonly ver: Id; readonly currentMs: number };

/** Which of a document's versions, given the current one first, the policy no longer keeps. Never the current one. */
export function prunable<V extends PrunableVersion>(
  versions: readonly V[],
  { keepVersions, keepDays }: VersionPolicy,
  nowMs: number,
): V[] {
  return versions.filter((_, index) => {
    const newer = versions[index - 1];
    if (newer === undefined) return false;
    // Why the newer one's time: an old file that was current until yesterday was replaced yesterday.
    return index >= keepVersions || (keepDays > 0 && nowMs - newer.currentMs > keepDays * dayMs);
  });
}

export function prunableOf({ info, opened }: VerifiedDocument): PrunableVersion {
  return { ver: info.ver, currentMs: opened.metadata.currentMs };
}
