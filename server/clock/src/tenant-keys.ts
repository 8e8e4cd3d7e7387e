import type { Clock } from "@afterkeep/platform";
import type { KmsClient } from "./zone-clients.ts";

/** Tenants' data-encryption keys, asked of the kms and kept for five minutes at most. */
export type TenantKeys = {
  /** `wrapped` is what the account's row holds. Throws DependencyError while the kms is away. */
  dekOf(tenant: string, wrapped: string): Promise<Uint8Array>;
};

const keptMs = 300_000;
const largest = 1000;

export function createTenantKeys(kms: KmsClient, clock: Clock): TenantKeys {
  const kept = new Map<string, { dek: Uint8Array; untilMs: number }>();
  return {
    dekOf: async (tenant, wrapped) => {
      const name = `${tenant} ${wrapped}`;
      const known = kept.get(name);
      if (known !== undefined && clock.monotonicMs() < known.untilMs) return known.dek;
      const { dek } = await kms.unwrapDek({ tenant, wrapped });
      if (kept.size >= largest) kept.clear();
      const fresh = { dek: new Uint8Array(Buffer.from(dek, "base64url")), untilMs: clock.monotonicMs() + keptMs };
      kept.set(name, fresh);
      return fresh.dek;
    },
  };
}
