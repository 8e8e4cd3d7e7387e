import { ConflictError } from "@afterkeep/platform";
import type { AccountView } from "@afterkeep/statements";
import type { KeyholderParts } from "../parts.ts";
import { listContacts, removeContact } from "../store/contacts.ts";
import { listSlotPlaces, removeSlot, type SlotPlace } from "../store/slots.ts";

const maxSlots = 4_096;
const maxContacts = 64;

export const slotName = (account: string, { b, g, r }: SlotPlace): string => ["slot", account, b, g, r].join("/");
export const contactName = (account: string, hash: string): string => ["contact", account, hash].join("/");

/** Room for one more share: where there is none, one goes that may. Call inside the commit that puts it there. @param view as it is in this commit */
export function makeRoomForSlot(parts: KeyholderParts, view: AccountView): void {
  const { account } = view;
  const places = listSlotPlaces(parts.store, account);
  if (places.length < maxSlots) return;
  const named = new Set(
    policiesOf(view).flatMap(({ b, g, recipients }) => recipients.map(({ r }) => slotName(account, { b, g, r }))),
  );
  const place = places.find((one) => mayGo(parts, named, slotName(account, one)));
  if (place === undefined) throw noRoom("too-many-slots", `${maxSlots} deposited shares`);
  removeSlot(parts.store, account, place);
}

/** The same for one more address. */
export function makeRoomForContact(parts: KeyholderParts, view: AccountView): void {
  const { account } = view;
  const hashes = listContacts(parts.store, account);
  if (hashes.length < maxContacts) return;
  const named = new Set(policiesOf(view).flatMap(({ contacts }) => contacts.map((hash) => contactName(account, hash))));
  const hash = hashes.find((one) => mayGo(parts, named, contactName(account, one)));
  if (hash === undefined) throw noRoom("too-many-contacts", `${maxContacts} addresses for last calls`);
  removeContact(parts.store, account, hash);
}

/**
 * Why all that the owner ever signed: what binds, what cools, what an older one still gives and what is being released are among them, and no record needs to be read that a bad disk may not give.
 * Whoever holds no more than a session signs none.
 */
function policiesOf(view: AccountView) {
  return [...view.policies.values()].flat().map(({ body }) => body);
}

/** Invariant: never what a signed policy names, nor what one may be about to name. No arming waits for any of the rest, so whichever comes first goes. */
function mayGo(parts: KeyholderParts, named: ReadonlySet<string>, name: string): boolean {
  return !named.has(name) && !parts.recentDeposits.has(name);
}

function noRoom(code: string, most: string): ConflictError {
  return new ConflictError(code, `An account has at most ${most}.`, {
    next: "What no signed policy names makes room two hours after it was deposited. Arm again then.",
  });
}
