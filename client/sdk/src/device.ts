import type { RandomSource } from "@afterkeep/bytes";
import { partLength } from "@afterkeep/contracts";
import type { StatementSigner } from "@afterkeep/statements";
import type { KnownChain } from "./known-chain.ts";
import type { OwnerKeys } from "./owner-keys.ts";
import { PartBuffers, sentAtOnce } from "./part-buffers.ts";
import { emptyProfile, emptySecrets, type ProfileStore, type StoredProfile, type StoredSecrets } from "./profile.ts";
import { Semaphore } from "./semaphore.ts";
import type { Transport } from "./transport.ts";
import type { UploadJournal } from "./upload-journal.ts";
import type { UploadLocks } from "./upload-locks.ts";

/** Keeps the device's signing key where the platform can: WebCrypto without export in a browser, else a seed in the secrets. */
export type DeviceKeyKeeper = { find(): Promise<StatementSigner | null>; make(): Promise<StatementSigner> };

/** This device: how it reaches the server and what it remembers. Every use case takes one. */
export type Device = {
  readonly serverUrl: string;
  readonly channel: "cookie" | "bearer";
  readonly transport: Transport;
  readonly random: RandomSource;
  /** Wall clock, ms. */
  readonly now: () => number;
  readonly store: ProfileStore;
  readonly deviceKey: DeviceKeyKeeper | null;
  readonly journal: UploadJournal;
  /** Shared by all who share the journal. */
  readonly locks: UploadLocks;
  /** Resolves after `ms`, or rejects with the signal's reason. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Of this process or page only. */
  readonly memory: DeviceMemory;
};

export type DeviceMemory = {
  secrets: StoredSecrets | null;
  ownerKeys: OwnerKeys | null;
  chain: KnownChain | null;
  /** Server's product time when it was read, beside the device's own clock then. */
  clock: { readonly server: number; readonly local: number; readonly factor: number } | null;
  /** The keyholder was met for the first time in this process or page, and nobody compared its fingerprint. */
  isKeyholderNew: boolean;
  /** The last change of the profile under way. */
  saving: Promise<unknown>;
  readonly uploads: DeviceUploads;
};

/** What all uploads of this process or page share. */
export type DeviceUploads = { readonly buffers: PartBuffers; readonly sending: Semaphore };

export function newDeviceMemory(): DeviceMemory {
  return {
    secrets: null,
    ownerKeys: null,
    chain: null,
    clock: null,
    isKeyholderNew: false,
    saving: Promise.resolve(),
    uploads: { buffers: new PartBuffers(partLength), sending: new Semaphore(sentAtOnce) },
  };
}

export async function readProfile(device: Device): Promise<StoredProfile> {
  const stored: Partial<StoredProfile> = (await device.store.load()) ?? {};
  // Why merged: a profile of an earlier version lacks what was added since.
  return { ...emptyProfile(device.serverUrl), ...stored };
}

/** Read, change, save durably, one after the other within a process. Not atomic between processes. */
export function changeProfile(
  device: Device,
  change: (profile: StoredProfile) => Partial<StoredProfile>,
): Promise<StoredProfile> {
  const saved = device.memory.saving.then(async () => {
    const profile = await readProfile(device);
    const next = { ...profile, ...change(profile) };
    await device.store.save(next);
    return next;
  });
  device.memory.saving = saved.catch(() => undefined);
  return saved;
}

export async function changeSecrets(
  device: Device,
  change: (secrets: StoredSecrets) => Partial<StoredSecrets>,
): Promise<StoredSecrets> {
  const secrets = await readSecrets(device);
  const next = { ...secrets, ...change(secrets) };
  await device.store.saveSecrets(next);
  device.memory.secrets = next;
  return next;
}

/** The secrets, read from the store once per process or page: every call presents its session from here. */
export async function readSecrets(device: Device): Promise<StoredSecrets> {
  device.memory.secrets ??= (await device.store.loadSecrets()) ?? emptySecrets;
  return device.memory.secrets;
}
