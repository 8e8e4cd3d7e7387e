import { decodeUtf8, encodeBase64url, randomBytes } from "@afterkeep/bytes";
import { applyLastCallAccepted, applySign, deriveSwitch } from "@afterkeep/switch";
import { contactContext } from "../deposit/import-contact.ts";
import { openShare } from "../keys/share-vault.ts";
import type { KeyholderParts } from "../parts.ts";
import { type Bequest, findBequest } from "../store/bequests.ts";
import { findContact } from "../store/contacts.ts";
import { addToken, dropToken } from "../store/tokens.ts";
import { nextTry, saveBequest } from "../switches/save-bequest.ts";
import { lastCallMail } from "./last-call-mail.ts";

/**
 * Sends the last call of a bequest if one is due, with the keyholder's own credentials. It counts only once a mail server took it
 * for at least one of the owner's addresses, and only for the silence in which it was sent.
 */
export async function callOwner(parts: KeyholderParts, { account, b }: Pick<Bequest, "account" | "b">): Promise<void> {
  const bequest = findBequest(parts.store, account, b);
  const { attendedMs } = parts.time.now();
  if (bequest === null || !isCallDue(bequest, attendedMs)) return;
  parts.store.commit(() => saveBequest(parts.store, { ...bequest, lastCallTriedAt: attendedMs }, attendedMs));
  let isAccepted = false;
  for (const contact of bequest.policy.contacts) isAccepted = (await sendTo(parts, bequest, contact)) || isAccepted;
  if (isAccepted) noteAccepted(parts, bequest);
}

function isCallDue(bequest: Bequest, attendedMs: number): boolean {
  const { actions } = deriveSwitch(bequest.policy, bequest.history, attendedMs);
  return actions.some((action) => action.do === "sendLastCall") && nextTry(bequest, attendedMs) <= attendedMs;
}

async function sendTo(parts: KeyholderParts, bequest: Bequest, contact: string): Promise<boolean> {
  const sealed = findContact(parts.store, bequest.account, contact);
  if (sealed === null || parts.mailer === null) return false;
  const address = decodeUtf8(openShare(parts.keys.kek, contactContext(bequest.account, contact), sealed));
  const token = mintFor(parts, bequest);
  try {
    const mail = lastCallMail(address, parts.publicUrl, token, earliest(parts, bequest));
    const { accepted } = await parts.mailer.sendMail(mail);
    if (accepted) return true;
  } catch {
    // The mail server is away: tried again later. Nothing moves until a server took the call.
  }
  if (token !== null) parts.store.commit(() => dropToken(parts.store, token));
  return false;
}

/** A link only where pressing it would count; a dead link in a last call would be worse than none. */
function mintFor(parts: KeyholderParts, { account, policy, history }: Bequest): string | null {
  const wouldCount = applySign(
    policy,
    history,
    { id: policy.id, class: "token" },
    parts.time.now().attendedMs,
  ).accepted;
  if (!wouldCount) return null;
  const token = encodeBase64url(randomBytes(32));
  parts.store.commit(() => addToken(parts.store, account, token, "last-call"));
  return token;
}

function earliest(parts: KeyholderParts, { policy, history }: Bequest): number {
  const { attendedMs, wallMs } = parts.time.now();
  return wallMs + deriveSwitch(policy, history, attendedMs).left;
}

/** Why the record is read again: an answer may have come while the mail was on its way, and then no call is due any more. */
function noteAccepted(parts: KeyholderParts, called: Bequest): void {
  const { attendedMs } = parts.time.advance();
  const bequest = findBequest(parts.store, called.account, called.b);
  if (bequest === null) return;
  const { history, noted } = applyLastCallAccepted(bequest.policy, bequest.history, attendedMs);
  if (noted) parts.store.commit(() => saveBequest(parts.store, { ...bequest, history }, attendedMs));
}
