import { ConflictError } from "@afterkeep/platform";
import { type AccountView, pinById, type StatementBody } from "@afterkeep/statements";
import { findBequest, listPlaces } from "../store/bequests.ts";
import { findContact } from "../store/contacts.ts";
import { findNewestManifest } from "../store/manifests.ts";
import { findSlot, type Slot } from "../store/slots.ts";
import type { Store } from "../store/store.ts";

type Policy = StatementBody<"policy">;

/** As many as a receipt can tell of when all of them cool and are asked for at once (protocol §4 allows at most 64). */
export const maxBequests = 60;

/**
 * A policy binds only if it could be carried out to the letter: every share that it names lies here and is the one it names, there
 * is a manifest to give with it, and the owner can be called before anything is given. Throws ConflictError otherwise.
 * Precondition: the fold has verified the statement.
 */
export function requireArmable(store: Store, policy: Policy, view: AccountView): void {
  requireRoom(store, policy);
  for (const recipient of policy.recipients) requireSlot(store, policy, recipient, view);
  if (findNewestManifest(store, policy.account, policy.b, policy.g) === null) {
    throw new ConflictError("manifest-missing", "No list of documents was signed for this generation of the bequest.");
  }
  if (policy.contacts.some((contact) => findContact(store, policy.account, contact) === null)) {
    throw new ConflictError("contact-missing", "An address for last calls was not deposited with the keyholder.");
  }
}

function requireRoom(store: Store, { account, b }: Policy): void {
  if (findBequest(store, account, b) !== null || listPlaces(store, account).length < maxBequests) return;
  throw new ConflictError("too-many-bequests", `An account has at most ${maxBequests} armed bequests.`);
}

function requireSlot(store: Store, policy: Policy, recipient: Policy["recipients"][number], view: AccountView): void {
  const slot = findSlot(store, policy.account, policy.b, policy.g, recipient.r);
  if (slot === null || slot.share === null) {
    throw new ConflictError("slot-missing", "A recipient's share was not deposited with the keyholder.");
  }
  if (isSame(slot, recipient, pinById(view, recipient.pin)?.body.ageKey)) return;
  throw new ConflictError("slot-differs", "A recipient's deposited share is not the one that the policy names.");
}

function isSame(slot: Slot, recipient: Policy["recipients"][number], pinnedKey: string | undefined): boolean {
  return (
    slot.ageKey === pinnedKey &&
    slot.shareCommit === recipient.shareCommit &&
    slot.outerHash === recipient.outerHash &&
    recipient.paths.every((path) => path.pathHash === slot.pathHash)
  );
}
