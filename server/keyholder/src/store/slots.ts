import { z } from "zod";
import type { Store } from "./store.ts";

const slotSchema = z.object({
  account: z.string(),
  b: z.string(),
  g: z.int(),
  r: z.string(),
  ageKey: z.string(),
  /** Encrypted for the store; null once destroyed. */
  share: z.instanceof(Uint8Array).nullable(),
  shareCommit: z.string(),
  outer: z.string(),
  outerHash: z.string(),
  path: z.string(),
  pathHash: z.string(),
  /** The signed `withdrawn` of the last return, until a new decision; else empty. */
  withdrawn: z.string(),
});
/** One recipient's place in one generation of one bequest. */
export type Slot = Omit<z.infer<typeof slotSchema>, "share"> & { readonly share: Uint8Array | null };

const selectSlot = `select account, b, g, r, age_key as ageKey, share, share_commit as shareCommit, outer_part as outer,
  outer_hash as outerHash, path_part as path, path_hash as pathHash, withdrawn from slot`;

export function findSlot(store: Store, account: string, b: string, g: number, r: string): Slot | null {
  return store.find(`${selectSlot} where account = ? and b = ? and g = ? and r = ?`, slotSchema, account, b, g, r);
}

/** Puts a deposited share in its place; a later deposit replaces one that no policy names yet. */
export function putSlot(store: Store, slot: Slot): void {
  store.run(
    "insert or replace into slot values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    slot.account,
    slot.b,
    slot.g,
    slot.r,
    slot.ageKey,
    slot.share,
    slot.shareCommit,
    slot.outer,
    slot.outerHash,
    slot.path,
    slot.pathHash,
    slot.withdrawn,
  );
}

export function setWithdrawn(
  store: Store,
  account: string,
  place: { b: string; g: number; r: string },
  jws: string,
): void {
  store.run(
    "update slot set withdrawn = ? where account = ? and b = ? and g = ? and r = ?",
    jws,
    account,
    place.b,
    place.g,
    place.r,
  );
}

const withdrawnSchema = z.object({ r: z.string(), withdrawn: z.string() });

/** By recipient, the newest signed `withdrawn` that no decision has followed, whichever generation it belongs to. */
export function listWithdrawn(store: Store, account: string, b: string): Map<string, string> {
  const rows = store.all(
    "select r, withdrawn from slot where account = ? and b = ? and withdrawn <> '' order by g",
    withdrawnSchema,
    account,
    b,
  );
  return new Map(rows.map(({ r, withdrawn }) => [r, withdrawn]));
}

export function forgetWithdrawn(store: Store, account: string, b: string): void {
  store.run("update slot set withdrawn = '' where account = ? and b = ?", account, b);
}

/** Destroys the shares of all generations before `g` (protocol §3, Re-key). Call inside a commit. */
export function destroyOlderShares(store: Store, account: string, b: string, g: number): void {
  const destroyed = store.run(
    "update slot set share = null where account = ? and b = ? and g < ? and share is not null",
    account,
    b,
    g,
  );
  if (destroyed > 0) store.forgetAfterCommit();
}

const placeSchema = z.object({ b: z.string(), g: z.int(), r: z.string() });
export type SlotPlace = Readonly<z.infer<typeof placeSchema>>;

export function listSlotPlaces(store: Store, account: string): SlotPlace[] {
  return store.all("select b, g, r from slot where account = ? order by b, g, r", placeSchema, account);
}

export function removeSlot(store: Store, account: string, { b, g, r }: SlotPlace): void {
  store.run("delete from slot where account = ? and b = ? and g = ? and r = ?", account, b, g, r);
}
