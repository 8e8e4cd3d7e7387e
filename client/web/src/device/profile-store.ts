import type { ProfileStore, StoredProfile, StoredSecrets } from "@afterkeep/sdk";
import { readKept, writeKept } from "./keep.ts";
import { readSealedSecrets, writeSealedSecrets } from "./sealed-secrets.ts";

const profileName = "profile";
type Passing = Pick<StoredSecrets, "session" | "recipientSession">;
type LastingSecrets = Omit<StoredSecrets, keyof Passing>;

function hasVersionOne(value: unknown): boolean {
  return typeof value === "object" && value !== null && "v" in value && value.v === 1;
}

function isProfile(value: unknown): value is StoredProfile {
  return hasVersionOne(value);
}

function isLastingSecrets(value: unknown): value is LastingSecrets {
  return hasVersionOne(value);
}

/**
 * Where this browser remembers. The session, and with it the root key, stays in memory: closing or reloading the page locks the
 * vault. Everything else is in IndexedDB.
 */
export function createBrowserStore(): ProfileStore {
  let passing: Passing = { session: null, recipientSession: null };
  return {
    async load() {
      const kept = await readKept(profileName);
      return isProfile(kept) ? kept : null;
    },
    save: (profile) => writeKept(profileName, profile),
    async loadSecrets() {
      const kept = await readSealedSecrets();
      return isLastingSecrets(kept) ? { ...kept, ...passing } : null;
    },
    async saveSecrets(secrets) {
      const { session, recipientSession, ...lasting } = secrets;
      passing = { session, recipientSession };
      await writeSealedSecrets(lasting);
    },
  };
}
