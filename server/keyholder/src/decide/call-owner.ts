import { decodeUtf8, encodeBase64url, randomBytes } from "@afterkeep/bytes";
import {
  applyLastCallAccepted,
  applyReminderAccepted,
  applyRequestsCalled,
  applySign,
  applyTriedInVain,
  deriveSwitch,
  openRequests,
  type SwitchHistory,
} from "@afterkeep/switch";
import { contactContext } from "../deposit/import-contact.ts";
import { openShare } from "../keys/share-vault.ts";
import type { KeyholderParts } from "../parts.ts";
import { type Bequest, findBequest } from "../store/bequests.ts";
import { findContact } from "../store/contacts.ts";
import { addToken, dropToken } from "../store/tokens.ts";
import { type CallAction, isCall, nextTry, saveBequest } from "../switches/save-bequest.ts";
import { lastCallMail } from "./last-call-mail.ts";

/**
 * Calls the owner if that is due, with the keyholder's own credentials: the last call, or before it a reminder that the clock zone could not
 * get accepted. It counts only once a mail server took it for at least one of the owner's addresses, and only for the silence in which it
 * was sent; a call that none took counts towards the owner being unreachable.
 */
export async function callOwner(parts: KeyholderParts, { account, b }: Pick<Bequest, "account" | "b">): Promise<void> {
  const bequest = findBequest(parts.store, account, b);
  const { attendedMs } = parts.time.now();
  if (bequest === null || nextTry(bequest, attendedMs) > attendedMs) return;
  const kind = callDue(bequest, attendedMs);
  if (kind === undefined) return;
  parts.store.commit(() => saveBequest(parts.store, { ...bequest, lastCallTriedAt: attendedMs }, attendedMs));
  let isAccepted = false;
  for (const contact of bequest.policy.contacts)
    isAccepted = (await sendTo(parts, bequest, kind, contact)) || isAccepted;
  noteCall(parts, bequest, { kind, isAccepted });
}

type CallKind = CallAction["do"];

function callDue({ policy, history }: Bequest, attendedMs: number): CallKind | undefined {
  return deriveSwitch(policy, history, attendedMs).actions.find(isCall)?.do;
}

async function sendTo(parts: KeyholderParts, bequest: Bequest, kind: CallKind, contact: string): Promise<boolean> {
  const sealed = findContact(parts.store, bequest.account, contact);
  if (sealed === null || parts.mailer === null) return false;
  const token = mintFor(parts, bequest);
  try {
    const address = decodeUtf8(openShare(parts.keys.kek, contactContext(bequest.account, contact), sealed));
    const mail = lastCallMail(address, {
      publicUrl: parts.publicUrl,
      token,
      earliestMs: earliest(parts, bequest),
      kind,
    });
    const { accepted } = await parts.mailer.sendMail(mail);
    if (accepted) return true;
  } catch {
    // The mail server is away, or what was deposited cannot be read: tried again later, and one contact does not keep the others waiting.
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
  const { left, leftByRequest } = deriveSwitch(policy, history, attendedMs);
  return wallMs + Math.min(left, openRequests(history).length === 0 ? left : (leftByRequest ?? left));
}

/** Why the record is read again: an answer may have come while the mail was on its way, and then no call is due any more. */
function noteCall(
  parts: KeyholderParts,
  called: Bequest,
  { kind, isAccepted }: { readonly kind: CallKind; readonly isAccepted: boolean },
): void {
  const { attendedMs } = parts.time.advance();
  const bequest = findBequest(parts.store, called.account, called.b);
  if (bequest === null || bequest.history.lastSign?.id !== called.history.lastSign?.id) return;
  // Why the same: a mail that asked for a check-in is no last call, though the last one may be due by now.
  if (callDue(bequest, attendedMs) !== kind) return;
  const about = openRequests(called.history).map(({ id }) => id);
  const history = isAccepted ? taken(bequest, kind, about, attendedMs) : applyTriedInVain(bequest.history, attendedMs);
  parts.store.commit(() => saveBequest(parts.store, { ...bequest, history }, attendedMs));
}

/**
 * What a channel took is the last call, the call about requests, or the reminder that is due.
 * @param about the requests that were open when it was sent: one that came later is not what the owner was told of
 */
function taken(
  { policy, history }: Bequest,
  kind: CallKind,
  about: readonly string[],
  attendedMs: number,
): SwitchHistory {
  if (kind === "callAboutRequest") return applyRequestsCalled(policy, history, about, attendedMs).history;
  if (kind === "sendLastCall") return applyLastCallAccepted(policy, history, attendedMs).history;
  const { actions } = deriveSwitch(policy, history, attendedMs);
  const reminder = actions.find((action) => action.do === "remind");
  if (reminder === undefined) return history;
  const { phase, index } = reminder;
  const lastSign = history.lastSign?.id ?? "";
  return applyReminderAccepted(policy, history, { phase, index, lastSign }, attendedMs).history;
}
