import { decodeBase64url, type Id, parseId } from "@afterkeep/bytes";
import type { RouteOutput, routes } from "@afterkeep/contracts";
import { type AccountView, manifestByHash, policyById, type StatementBody } from "@afterkeep/statements";
import { contains, headSignedAt, verifyOwnChain } from "./chain.ts";
import { changeProfile, type Device, readProfile } from "./device.ts";
import { RefusedError } from "./errors.ts";
import { laterHead, type RememberedOwner } from "./profile.ts";
import { pinnedKeyholder, productNow } from "./server-info.ts";

export type RecipientAnswer = RouteOutput<(typeof routes)["getRecipientView"]>;

/** An owner's chain, verified against what this recipient remembers of them. */
export type KnownOwner = {
  readonly account: Id;
  readonly r: Id;
  readonly view: AccountView;
  readonly ownerKey: Uint8Array;
  /** When the owner signed the head, ms by their own clock. Proves nothing by itself. */
  readonly signedAt: number;
  /**
   * Null where the chain has the head that this device saw of it. Else since when it had seen that, ms of product time; Infinity where nobody noted it. Then server and
   * keyholder were put back to a copy, or the server hides statements, and nothing that rests on the chain may be believed but what the keyholder itself says since.
   */
  readonly lacksSince: number | null;
};

/**
 * Verifies the owner's chain and remembers (account, owner key, head) at the first meeting. Later another owner key is refused: RefusedError
 * "owner-key-changed". A chain without the head seen before is not remembered, and `lacksSince` tells of it.
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
  const lacksSince = contains(view, known?.head ?? null) ? null : (known?.metAt ?? Infinity);
  const signedAt = headSignedAt(chain, view);
  return { account, r: parseId(place.r), view, ownerKey: decodeBase64url(view.ownerKey), signedAt, lacksSince };
}

/** Why an older chain is not remembered here: what it lacks would then be missed by nobody, and an old decision on it could be played back. */
export async function rememberOwner(device: Device, owner: KnownOwner): Promise<void> {
  const { account, r, view, lacksSince } = owner;
  if (lacksSince !== null) return;
  const { ownerKey, ownerThumb } = view;
  const { mode } = await pinnedKeyholder(device);
  const now = await metNow(device);
  await changeProfile(device, ({ owners }) => {
    const known = owners[account];
    const head = laterHead(known?.head ?? null, view.head);
    const metAt = head.id === known?.head.id ? metStill(known, owner, mode === "real" ? now : null) : now;
    return { owners: { ...owners, [account]: { account, r, ownerKey, ownerThumb, head, metAt: metAt ?? now } } };
  });
}

/**
 * When a head that was seen before was seen first: the middle of what was noted, what the clock says now, and when the owner signed it. Why: a clock that was ahead once
 * would refuse every decision for ever, and one that was behind would let an earlier one in. With three, one that is wrong changes nothing, whichever it is;
 * none of them is the server's. @param now null where product time is the server's, which may not move it
 */
function metStill({ metAt, head }: RememberedOwner, { view, signedAt }: KnownOwner, now: number | null) {
  if (metAt === undefined || now === null || view.head.id !== head.id) return metAt;
  return [metAt, now, signedAt].sort((a, b) => a - b)[1];
}

/**
 * Remembers an older chain after all, once a decision that was verified on it proves that the keyholder itself went on from there: it names what the owner signed at or after
 * the place of what is gone, and it came after this device had seen that. Why that is proof: what is signed there names all before it, and a keyholder that has one statement at a
 * place never takes another. A decision that names earlier statements alone says nothing of the rest: a server may hide that.
 */
export async function rememberWentOn(
  device: Device,
  { account, view }: KnownOwner,
  { b, g, policyHash, manifestHash, decidedAt }: StatementBody<"release">,
): Promise<void> {
  const list = manifestByHash(view, b, g, manifestHash);
  const newest = Math.max(view.ids.indexOf(policyHash), view.ids.indexOf(list?.id ?? ""));
  const metAt = Math.max(await metNow(device), decidedAt);
  await changeProfile(device, ({ owners }) => {
    const known = owners[account];
    const isGone = known !== undefined && !contains(view, known.head) && newest >= known.head.seq;
    if (!isGone || decidedAt <= (known.metAt ?? Infinity)) return {};
    return { owners: { ...owners, [account]: { ...known, head: view.head, metAt } } };
  });
}

/** Why by this device's own clock where days are real: a server that shows the time of an earlier day could play a decision of that day back later. */
async function metNow(device: Device): Promise<number> {
  const { mode } = await pinnedKeyholder(device);
  return mode === "real" ? device.now() : productNow(device);
}

/**
 * Throws RefusedError "chain-invalid" where a chain lacks what this device had seen of it, unless the keyholder decided after that on a policy and a list that stand in
 * it. Why that is enough: a keyholder that was not put back had what the device had seen, so it would name the newest of this bequest, and a chain that
 * hides that is refused. What a server hides of anything else changes nothing of what is opened. An earlier decision may have been taken back.
 */
export function expectDecidedSince({ view, lacksSince }: KnownOwner, decision: StatementBody<"release">): void {
  if (lacksSince === null) return;
  const { b, g, policyHash, manifestHash, decidedAt } = decision;
  const isOfChain = policyById(view, policyHash) !== null && manifestByHash(view, b, g, manifestHash) !== null;
  if (!isOfChain)
    throw new RefusedError("chain-invalid", "The server does not show all that this rests on, so it was not opened.", {
      next: "Try again later, and ask whoever runs the server. What you saved of it before opens without a server.",
    });
  if (decidedAt <= lacksSince)
    throw new RefusedError(
      "chain-invalid",
      "The server shows less of what its owner signed than this device has seen, so this device does not open it.",
      {
        next: "Open it on another device, with your passphrase or your key file. What you saved of it before opens without a server.",
      },
    );
}
