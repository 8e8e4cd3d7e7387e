import { asciiBytes, type Bytes, type Id, idBytes } from "@afterkeep/bytes";
import { ctx, sha256 } from "@afterkeep/crypto";
import type { AgeRecipient } from "./age-keys.ts";

/** One recipient's part in one generation of a bequest. */
export type BequestPlace = {
  readonly account: Id;
  readonly b: Id;
  /** Generation, from 1. */
  readonly g: number;
  readonly r: Id;
  /** pk_r, the recipient's exact Bech32 string. */
  readonly recipient: AgeRecipient;
};

declare const contextBrand: unique symbol;

/** B: everything about this bequest, generation and recipient is bound to these 128 bytes. */
export type BequestContext = Bytes & { readonly [contextBrand]: "BequestContext" };

export const bequestContextLength = 128;

/** B = ctx("bequest", account, b, g, r, H(pk_r)). */
export function bequestContext(place: BequestPlace): BequestContext {
  const { account, b, g, r } = place;
  return ctx("bequest", idBytes(account), idBytes(b), g, idBytes(r), recipientHash(place.recipient)) as BequestContext;
}

/** H(pk_r) over the exact string. */
export function recipientHash(recipient: AgeRecipient): Bytes {
  return sha256(asciiBytes(recipient));
}
