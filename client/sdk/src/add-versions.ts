import { decodeMetadata, type ManifestEntry } from "@afterkeep/formats";
import type { Id, RandomSource } from "@afterkeep/bytes";
import type { SealingPlan } from "@afterkeep/sealing";
import type { UploadedItem } from "./upload-item.ts";
import type { Vault } from "./vault.ts";
import { type AddedEntry, reviseMetadata, type VaultChange } from "./vault-commit.ts";
import { isSettings, settingsType } from "./version-order.ts";
import { prunable, prunableOf, type VersionPolicy } from "./version-policy.ts";

type Version = { readonly ver: Id; readonly currentMs: number; readonly entry: ManifestEntry | null };

/**
 * The vault with what was uploaded, each as the current version of its document, and without the versions that the policy no longer keeps.
 * @param policy null: nothing is pruned
 */
export function addVersions(
  vault: Vault,
  uploaded: readonly UploadedItem[],
  policy: VersionPolicy | null,
  { nowMs, random }: { readonly nowMs: number; readonly random: RandomSource },
): VaultChange {
  const has = new Set(vault.entries.map(({ verId }) => verId));
  const missing = uploaded.filter(({ plan }) => !has.has(plan.verId));
  const newest = missing.map((one) => asCurrent(vault, one, random));
  const removed = new Set(policy === null ? [] : pruned(vault, newest, policy, nowMs));
  return { removed, added: newest.map(({ added }) => added) };
}

type Newest = {
  readonly plan: SealingPlan;
  readonly currentMs: number;
  readonly mediaType: string;
  readonly added: AddedEntry;
};

/** Why: an upload that was interrupted for days may meet a version that another device sealed meanwhile; the one finished last is current. */
function asCurrent(vault: Vault, { plan, entry }: UploadedItem, random: RandomSource): Newest {
  const { account, docId, verId, fileKey } = plan;
  const metadata = decodeMetadata(fileKey, { account, docId, verId, rev: 0 }, plan.metadata);
  const latest = vault.versions.get(docId)?.[0]?.opened.metadata.currentMs ?? -1;
  const { mediaType } = metadata;
  if (metadata.currentMs > latest) {
    return { plan, currentMs: metadata.currentMs, mediaType, added: { entry, rev: 0, revision: null } };
  }
  const version = { entry, opened: { account, fileKey, metadata }, rev: 0 };
  const currentMs = latest + 1;
  return { plan, currentMs, mediaType, added: reviseMetadata(version, { currentMs }, random) };
}

/** Of documents with a damaged version nothing is pruned: nobody can tell which of them is the current one. */
function pruned(vault: Vault, newest: readonly Newest[], policy: VersionPolicy, nowMs: number): ManifestEntry[] {
  const damaged = new Set(vault.damaged);
  const removed: ManifestEntry[] = [];
  const added = new Map(newest.map((one) => [one.plan.docId, one]));
  for (const [doc, versions] of vault.versions) {
    if (damaged.has(doc)) continue;
    const known: Version[] = versions.map((one) => ({ ...prunableOf(one), entry: one.entry }));
    const fresh = added.get(doc);
    if (fresh !== undefined) known.unshift({ ver: fresh.plan.verId, currentMs: fresh.currentMs, entry: null });
    const isSetting = fresh?.mediaType === settingsType || versions.some(isSettings);
    const rule = isSetting ? { keepVersions: 1, keepDays: 0 } : policy;
    removed.push(...prunable(known, rule, nowMs).flatMap(({ entry }) => entry ?? []));
  }
  return removed;
}
