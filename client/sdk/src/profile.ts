import type { Id } from "@afterkeep/bytes";
import type { RouteInput, routes } from "@afterkeep/contracts";

/** The keyholder as this device met it first. Every receipt is checked against it; another one is refused. */
export type PinnedKeyholder = {
  readonly publicKey: string;
  readonly thumb: string;
  /** H of the key that may follow this one; committed to at the first meeting. */
  readonly nextKey: string;
  readonly mode: "real" | "demo";
};

/** An owner as a recipient met them first: whoever shows another key later is somebody else. */
export type RememberedOwner = {
  readonly account: Id;
  readonly r: Id;
  readonly ownerKey: string;
  readonly ownerThumb: string;
  readonly head: ChainHead;
  /** When this device saw that head first, ms of product time (`metNow`). Absent where an earlier version met it. */
  readonly metAt?: number;
};

/** The highest (epoch, counter) of any receipt seen. */
export type SeenReceipt = { readonly epoch: number; readonly counter: number };

export type ChainHead = { readonly seq: number; readonly id: string };

/** What a restore of the keyholder's store may have cost the account of this device. */
export type Restored = {
  /** Up to this place of the chain a policy may have been lost or dropped; what was signed after it binds. */
  readonly lostUpTo: number;
  /** The chain itself is an older one: this device had seen statements that are gone. */
  readonly isChainOlder: boolean;
  /** The keyholder's since then; null until a receipt has said it. */
  readonly epoch: number | null;
  /** The owner said that they have looked. */
  readonly isSeen: boolean;
};

/** How a signed change travels: with it, whatever else the server needs. */
export type ControlCall =
  | { readonly name: "submitStatement"; readonly body: RouteInput<(typeof routes)["submitStatement"]>["body"] }
  | { readonly name: "commitManifest"; readonly body: RouteInput<(typeof routes)["commitManifest"]>["body"] };

/** The change as it was sent, to be sent again as it was. */
export type UnreceiptedChange = {
  readonly account: Id;
  readonly statement: string;
  /** The challenge it answers, which its receipt repeats. */
  readonly nonce: string;
  /** Read before it was sent first. */
  readonly seen: SeenReceipt | null;
  readonly call: ControlCall;
};

/** What a device remembers between visits. No secret is in it, but it must not be lost: it is how a rolled-back server is noticed. */
export type StoredProfile = {
  readonly v: 1;
  readonly server: string;
  /** Empty until an owner signed up or in on this device. */
  readonly account: Id | "";
  readonly email: string;
  readonly displayName: string;
  /** thumb(OK) of the owner, or empty. */
  readonly ownerThumb: string;
  readonly keyholder: PinnedKeyholder | null;
  /** Only ever raised: see `laterSeen`. */
  readonly seen: SeenReceipt | null;
  /** Raised (see `laterHead`); set back only where the keyholder itself signs that its chain is an older one. */
  readonly head: ChainHead | null;
  /** Null where nothing was restored that this device knows of. */
  readonly restored: Restored | null;
  /** The newest receipt, or empty. */
  readonly lastReceipt: string;
  readonly log: { readonly verifierKey: string; readonly size: number; readonly root: string } | null;
  /** By bequest or recipient: the highest revision of its label seen. An older label is a plan that was already changed. */
  readonly labels: Readonly<Record<string, number>>;
  /** A signed change that was sent and has no receipt yet. */
  readonly unreceipted: UnreceiptedChange | null;
  /** Ids of the newest policies that were signed on this device: what cools and is not among them, somebody signed elsewhere. */
  readonly armed: readonly string[];
  /** By account. */
  readonly owners: Readonly<Record<string, RememberedOwner>>;
};

export type StoredSecrets = {
  readonly v: 1;
  /** Seed of this device's key, 43 characters; empty where the platform keeps the key itself (`deviceKey` option). */
  readonly device: string;
  readonly session: { readonly token: string; readonly rootKey: string } | null;
  readonly recipientSession: { readonly token: string } | null;
  /** `account/r` → AGE-SECRET-KEY-PQ-1… */
  readonly recipientIdentities: Readonly<Record<string, string>>;
};

/** Where a device remembers. `save` and `saveSecrets` must be durable when they resolve: the receipt rule depends on it. */
export type ProfileStore = {
  load(): Promise<StoredProfile | null>;
  save(profile: StoredProfile): Promise<void>;
  loadSecrets(): Promise<StoredSecrets | null>;
  saveSecrets(secrets: StoredSecrets): Promise<void>;
};

export function emptyProfile(server: string): StoredProfile {
  return {
    v: 1,
    server,
    account: "",
    email: "",
    displayName: "",
    ownerThumb: "",
    keyholder: null,
    seen: null,
    head: null,
    restored: null,
    lastReceipt: "",
    log: null,
    labels: {},
    unreceipted: null,
    armed: [],
    owners: {},
  };
}

/** Why: two answers may be saved in either order, and what was seen once must never be forgotten. */
export function laterSeen(known: SeenReceipt | null, now: SeenReceipt): SeenReceipt {
  const isLater =
    known === null || now.epoch > known.epoch || (now.epoch === known.epoch && now.counter > known.counter);
  return isLater ? now : known;
}

export function laterHead<H extends ChainHead>(known: H | null, now: H): H {
  return known === null || now.seq > known.seq ? now : known;
}

export const emptySecrets: StoredSecrets = {
  v: 1,
  device: "",
  session: null,
  recipientSession: null,
  recipientIdentities: {},
};

/** Remembers until the page or process ends. */
export function memoryStore(): ProfileStore {
  let profile: StoredProfile | null = null;
  let secrets: StoredSecrets | null = null;
  return {
    load: () => Promise.resolve(profile),
    save: (next) => Promise.resolve(void (profile = structuredClone(next))),
    loadSecrets: () => Promise.resolve(secrets),
    saveSecrets: (next) => Promise.resolve(void (secrets = structuredClone(next))),
  };
}
