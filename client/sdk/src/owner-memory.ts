import { decodeBase64url, type Id, parseId } from "@afterkeep/bytes";
import type { RouteOutput, routes } from "@afterkeep/contracts";
import type { AccountView } from "@afterkeep/statements";
import { expectContains, verifyOwnChain } from "./chain.ts";
import { changeProfile, type Device, readProfile } from "./device.ts";
import { laterHead, type RememberedOwner } from "./profile.ts";
import { pinnedKeyholder } from "./server-info.ts";

export type RecipientAnswer = RouteOutput<(typeof routes)["getRecipientView"]>;

/** An owner's chain, verified against what this recipient remembers of them. */
export type KnownOwner = {
  readonly account: Id;
  readonly r: Id;
  readonly view: AccountView;
  readonly ownerKey: Uint8Array;
};

/**
 * Verifies the owner's chain and remembers (account, owner key, head) at the first meeting. Later another owner key, or a chain without
 * the head seen before, is refused: RefusedError "owner-key-changed" or "chain-invalid".
 */
export async function meetOwner(
  device: Device,
  place: { readonly account: string; readonly r: string },
  chain: readonly string[],
): Promise<KnownOwner> {
  const owner = await verifyOwner(device, place, chain);
  await rememberOwner(device, owner);
  return owner;
}

/** The same without remembering: for whoever has something better than the first meeting to compare the owner with. */
export async function verifyOwner(
  device: Device,
  place: { readonly account: string; readonly r: string },
  chain: readonly string[],
): Promise<KnownOwner> {
  const account = parseId(place.account);
  const keyholder = await pinnedKeyholder(device);
  const known: RememberedOwner | undefined = (await readProfile(device)).owners[account];
  const trust = {
    account,
    keyholder: keyholder.thumb,
    ...(known === undefined ? {} : { trustedOwnerThumb: known.ownerThumb }),
  };
  const view = verifyOwnChain(chain, trust);
  expectContains(view, known?.head ?? null);
  return { account, r: parseId(place.r), view, ownerKey: decodeBase64url(view.ownerKey) };
}

export async function rememberOwner(device: Device, { account, r, view }: KnownOwner): Promise<void> {
  const { ownerKey, ownerThumb } = view;
  await changeProfile(device, ({ owners }) => {
    const head = laterHead(owners[account]?.head ?? null, view.head);
    return { owners: { ...owners, [account]: { account, r, ownerKey, ownerThumb, head } } };
  });
}
