import type { kmsContract } from "@afterkeep/contracts";
import type { Clock, ZoneClient } from "@afterkeep/platform";

const keptMs = 5 * 60_000;
const keptAtMost = 1_000;

/** Data-encryption keys of tenants: unwrapped by the kms, kept in memory for minutes. */
export type TenantDeks = {
  /** The key of a tenant whose wrapped form is `wrapped`. */
  dekOf(tenant: string, wrapped: string): Promise<Uint8Array>;
  /** A new tenant's key and its wrapped form, to be stored with the tenant. */
  create(tenant: string): Promise<{ dek: Uint8Array; wrapped: string }>;
};

export function createTenantDeks(
  kms: Pick<ZoneClient<typeof kmsContract>, "createDek" | "unwrapDek">,
  clock: Clock,
): TenantDeks {
  const kept = new Map<string, { dek: Uint8Array; until: number }>();
  return {
    dekOf: async (tenant, wrapped) => {
      // Why keyed by the wrapped form: a replaced key must not be served from memory.
      const name = `${tenant} ${wrapped}`;
      const hit = kept.get(name);
      if (hit !== undefined && hit.until > clock.monotonicMs()) return hit.dek;
      const dek = Buffer.from((await kms.unwrapDek({ tenant, wrapped })).dek, "base64url");
      forgetOldest(kept);
      kept.set(name, { dek, until: clock.monotonicMs() + keptMs });
      return dek;
    },
    create: async (tenant) => {
      const { dek, wrapped } = await kms.createDek({ tenant });
      return { dek: Buffer.from(dek, "base64url"), wrapped };
    },
  };
}

function forgetOldest(kept: Map<string, unknown>): void {
  const oldest = kept.size >= keptAtMost ? kept.keys().next().value : undefined;
  if (oldest !== undefined) kept.delete(oldest);
}
