import { decodeBase64url, encodeBase64url, equalBytes, parseId } from "@afterkeep/bytes";
import { sha256, thumbBytes } from "@afterkeep/crypto";
import {
  type BequestContext,
  bequestContext,
  type Deposit,
  depositHash,
  encodeJcs,
  openDeposit,
  parseHybridRecipient,
  partHash,
  shareCommit,
} from "@afterkeep/formats";
import { ConflictError, InputError } from "@afterkeep/platform";
import type { AccountView } from "@afterkeep/statements";
import { sealShare } from "../keys/share-vault.ts";
import { speak } from "../keys/speak.ts";
import type { KeyholderParts } from "../parts.ts";
import { addDeposit, findDeposit } from "../store/deposits.ts";
import { findSlot, putSlot, type Slot } from "../store/slots.ts";
import type { DepositPlace } from "./deposit-keys.ts";
import { getView, requirePin } from "./issue-deposit-key.ts";
import { makeRoomForSlot, slotName } from "./make-room.ts";
import { openWith } from "./open-with.ts";

export type DepositRequest = DepositPlace & { readonly sealed: string; readonly outer: string; readonly path: string };

/**
 * Imports one share: opened with a one-time key that is destroyed by it, checked against account, owner and the pinned key through
 * B, and stored encrypted. Answers a signed `imported`; the same deposit again gets the same answer.
 */
export async function importDeposit(parts: KeyholderParts, request: DepositRequest): Promise<{ imported: string }> {
  const file = decodeBase64url(request.sealed);
  const hash = encodeBase64url(depositHash(file));
  const asked = encodeBase64url(sha256(encodeJcs(request)));
  const known = findKnown(parts, hash, asked);
  if (known !== null) return { imported: known };
  const view = getView(parts, request.account);
  const ageKey = requirePin(view, request.r);
  const { deposit, recipient } = await openWith(parts.depositKeys, request, (identity) => openDeposit(identity, file));
  const context = contextOf(request, ageKey);
  requireMeant(deposit, context, view);
  const imported = parts.store.commit(() => {
    const importedMeanwhile = findKnown(parts, hash, asked);
    if (importedMeanwhile !== null) return importedMeanwhile;
    const slot = toSlot(parts, request, ageKey, context, deposit.share);
    // Why asked again: a policy that names this place may have been accepted while the share was opened.
    const now = getView(parts, request.account);
    requireUnnamed(slot, now);
    if (findSlot(parts.store, slot.account, slot.b, slot.g, slot.r) === null) makeRoomForSlot(parts, now);
    putSlot(parts.store, slot);
    return writeImported(parts, slot, hash, asked);
  });
  parts.recentDeposits.note(slotName(request.account, request));
  parts.depositKeys.destroy(recipient);
  return { imported };
}

function findKnown(parts: KeyholderParts, hash: string, asked: string): string | null {
  const known = findDeposit(parts.store, hash);
  if (known === null) return null;
  if (known.request === asked) return known.imported;
  throw new ConflictError("deposit-conflict", "The same share was deposited for something else.");
}

/** B as the keyholder itself computes it, from the pin that the owner signed. */
export function contextOf({ account, b, g, r }: DepositPlace, ageKey: string): BequestContext {
  const recipient = parseHybridRecipient(ageKey);
  return bequestContext({ account: parseId(account), b: parseId(b), g, r: parseId(r), recipient });
}

// Why: without this, a share could be imported under another's policy, or under a key that the owner never pinned.
function requireMeant(deposit: Deposit, context: BequestContext, view: AccountView): void {
  const isMeant =
    equalBytes(deposit.bequest, context) && equalBytes(deposit.owner, thumbBytes(decodeBase64url(view.ownerKey)));
  if (!isMeant) throw new InputError("deposit-differs", "This share was sealed for something else.");
}

function toSlot(
  parts: KeyholderParts,
  { account, b, g, r, outer, path }: DepositRequest,
  ageKey: string,
  context: BequestContext,
  share: Uint8Array,
): Slot {
  return {
    account,
    b,
    g,
    r,
    ageKey,
    share: sealShare(parts.keys.kek, context, share),
    shareCommit: encodeBase64url(shareCommit(context, share)),
    outer,
    outerHash: encodeBase64url(partHash(decodeBase64url(outer))),
    path,
    pathHash: encodeBase64url(partHash(decodeBase64url(path))),
    withdrawn: "",
  };
}

/** Invariant: what an accepted policy names is never replaced. */
function requireUnnamed({ b, g, r }: Slot, view: AccountView): void {
  const named = (view.policies.get(b) ?? []).some(
    ({ body }) => body.g === g && body.recipients.some((one) => one.r === r),
  );
  if (named) throw new ConflictError("slot-bound", "A signed policy already names a share in this place.");
}

function writeImported(parts: KeyholderParts, slot: Slot, hash: string, asked: string): string {
  const { account, b, g, r, shareCommit: commit, outerHash, pathHash } = slot;
  const body = { account, b, g, r, deposit: hash, shareCommit: commit, outerHash, pathHash };
  const imported = speak(parts.keys, "imported", body);
  addDeposit(parts.store, hash, { request: asked, imported });
  return imported;
}
