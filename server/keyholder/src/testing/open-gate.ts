import { type Id, parseId } from "@afterkeep/bytes";
import { thumbBytes } from "@afterkeep/crypto";
import {
  type AgeIdentity,
  type AgeRecipient,
  bequestContext,
  openInner,
  openOuter,
  openPath,
} from "@afterkeep/formats";
import type { Owner, Person } from "./an-owner.ts";

/** What somebody who tries to open a gate has. */
export type GateBytes = { readonly share: Uint8Array; readonly outer: Uint8Array; readonly path: Uint8Array };
export type GatePlace = {
  readonly account: Id;
  readonly b: string;
  readonly g: number;
  readonly r: string;
  readonly ageKey: AgeRecipient;
};

/** The real way in, as every opener goes it: share → W → G → outer → inner → the bequest's identity. */
export async function openGate(
  place: GatePlace,
  ownerKey: Uint8Array,
  identity: AgeIdentity,
  { share, outer, path }: GateBytes,
): Promise<AgeIdentity> {
  const { account, b, g, r, ageKey } = place;
  const context = bequestContext({ account, b: parseId(b), g, r: parseId(r), recipient: ageKey });
  return openInner(identity, openOuter(openPath(share, context, path), context, outer), context, thumbBytes(ownerKey));
}

export function placeOf(owner: Owner, { r, ageKey }: Person, b: string, g = 1): GatePlace {
  return { account: owner.account, b, g, r, ageKey };
}
