import type { OpenedStatement } from "./sign.ts";

export type KnownManifest = { readonly id: string; readonly mseq: number; readonly manifestHash: string };
export type KnownDisarm = {
  readonly id: string;
  readonly scope: "bequest" | "account";
  readonly b: string;
  readonly policyHash: string;
  /** The policies it ended: those of its scope that were known when it was read, and the one it names. */
  readonly acts: readonly string[];
};
/** A device was taken away, and with it what cooled then. */
export type KnownRevocation = {
  readonly id: string;
  /** The policies that were known when it was read: of these the newest of each bequest may be dropped. */
  readonly acts: readonly string[];
};
export type KnownPause = {
  readonly id: string;
  readonly scope: "bequest" | "account";
  readonly b: string;
  readonly forMs: number;
};
export type Head = { readonly seq: number; readonly id: string };

/**
 * What an account's verified control chain says, the same for the keyholder and for every client. Keys and hashes are base64url;
 * lists are in the order of the chain, so the last is the newest.
 */
export type AccountView = {
  readonly account: string;
  /** The thumb of the keyholder that the chain was made for. */
  readonly keyholder: string;
  readonly head: Head;
  /** Statement ids of the chain by seq. */
  readonly ids: readonly string[];
  readonly ownerKey: string;
  readonly ownerThumb: string;
  readonly revocationKey: string;
  readonly identity: string;
  readonly epoch: number;
  readonly keyring: string;
  /** Raw public keys by thumb. */
  readonly devices: ReadonlyMap<string, string>;
  /** Raw public keys by thumb that may check in weakly and do nothing else. None of them is ever a device. */
  readonly delegates: ReadonlyMap<string, string>;
  /** What revoked each device or delegate that is certified no more, by thumb: statement ids. */
  readonly revoked: ReadonlyMap<string, string>;
  /** Of these, those that named no delegate. */
  readonly deviceRevocations: readonly KnownRevocation[];
  readonly pins: ReadonlyMap<string, readonly OpenedStatement<"pin">[]>;
  readonly policies: ReadonlyMap<string, readonly OpenedStatement<"policy">[]>;
  /** By `manifestPlace(b, g)`. */
  readonly manifests: ReadonlyMap<string, readonly KnownManifest[]>;
  readonly disarms: readonly KnownDisarm[];
  readonly pauses: readonly KnownPause[];
  /** Statement ids. */
  readonly refusals: readonly string[];
};

export function manifestPlace(b: string, g: number): string {
  return `${b}/${g}`;
}

export function latestPin(view: AccountView, r: string): OpenedStatement<"pin"> | null {
  return view.pins.get(r)?.at(-1) ?? null;
}

export function pinById(view: AccountView, id: string): OpenedStatement<"pin"> | null {
  return findById(view.pins, id);
}

export function latestPolicy(view: AccountView, b: string): OpenedStatement<"policy"> | null {
  return view.policies.get(b)?.at(-1) ?? null;
}

/** @param id the policyHash */
export function policyById(view: AccountView, id: string): OpenedStatement<"policy"> | null {
  return findById(view.policies, id);
}

export function newestManifest(view: AccountView, b: string, g: number): KnownManifest | null {
  return view.manifests.get(manifestPlace(b, g))?.at(-1) ?? null;
}

export function manifestByHash(view: AccountView, b: string, g: number, manifestHash: string): KnownManifest | null {
  return view.manifests.get(manifestPlace(b, g))?.find((one) => one.manifestHash === manifestHash) ?? null;
}

/** Whether the newest policy of a bequest was ended by a disarm. */
export function isDisarmed(view: AccountView, b: string): boolean {
  const policy = latestPolicy(view, b);
  return policy !== null && view.disarms.some(({ acts }) => acts.includes(policy.id));
}

/**
 * Whether a policy that cooled may have been dropped with a device. Why only "may": a reader cannot tell whether it had bound before, and one that
 * folds revocations last not even whether it came after.
 */
export function mayBeDropped(view: AccountView, policyId: string): boolean {
  return view.deviceRevocations.some(({ acts }) => acts.includes(policyId));
}

function findById<K extends "pin" | "policy">(
  all: ReadonlyMap<string, readonly OpenedStatement<K>[]>,
  id: string,
): OpenedStatement<K> | null {
  for (const statements of all.values()) {
    const found = statements.find((one) => one.id === id);
    if (found !== undefined) return found;
  }
  return null;
}
