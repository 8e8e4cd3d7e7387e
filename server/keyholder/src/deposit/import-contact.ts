import { decodeBase64url, decodeBase64urlExact, encodeBase64url, encodeUtf8, idBytes, parseId } from "@afterkeep/bytes";
import { ctx } from "@afterkeep/crypto";
import { contactDepositCommit, openContactDeposit } from "@afterkeep/formats";
import { InputError } from "@afterkeep/platform";
import { sealShare } from "../keys/share-vault.ts";
import type { KeyholderParts } from "../parts.ts";
import { addContact, findContact } from "../store/contacts.ts";
import { contactPlace, getView } from "./issue-deposit-key.ts";
import { contactName, makeRoomForContact } from "./make-room.ts";
import { openWith } from "./open-with.ts";

/**
 * Keeps an owner's address for last calls, encrypted, under the commitment that policies name. The one-time key is not
 * destroyed, so that a lost answer can be asked for again: the same address gives the same commitment.
 */
export async function importContact(
  parts: KeyholderParts,
  account: string,
  sealed: string,
): Promise<{ contact: string }> {
  getView(parts, account);
  const file = decodeBase64url(sealed);
  const { deposit } = await openWith(parts.depositKeys, contactPlace(account), (identity) =>
    openContactDeposit(identity, file),
  );
  if (deposit.account !== account)
    throw new InputError("deposit-differs", "This address was sealed for another account.");
  requireAddress(deposit.address);
  const contact = encodeBase64url(contactDepositCommit(deposit));
  const stored = sealShare(parts.keys.kek, contactContext(account, contact), encodeUtf8(deposit.address));
  parts.store.commit(() => {
    if (findContact(parts.store, account, contact) === null) makeRoomForContact(parts, getView(parts, account));
    addContact(parts.store, account, contact, stored);
  });
  parts.recentDeposits.note(contactName(account, contact));
  return { contact };
}

/** What a stored address is bound to. */
export function contactContext(account: string, contact: string): Uint8Array {
  return ctx("keyholder-contact", idBytes(parseId(account)), decodeBase64urlExact(contact, 32, "contact"));
}

// Why so plain: this text becomes one SMTP recipient; a list or a line break would make it several.
function requireAddress(address: string): void {
  if (/^[^\s@,;:<>()[\]"\\]+@[^\s@,;:<>()[\]"\\]+$/u.test(address)) return;
  throw new InputError("address-malformed", "This does not look like one e-mail address.");
}
