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
import { DependencyError } from "@afterkeep/platform";
import { contactContext } from "../deposit/import-contact.ts";
import { openShare } from "../keys/share-vault.ts";
import type { KeyholderParts } from "../parts.ts";
import { type Bequest, type BequestPlace, findBequest, getBequest } from "../store/bequests.ts";
import { findContact } from "../store/contacts.ts";
import { readFreeze } from "../store/freeze.ts";
import { addToken, dropToken } from "../store/tokens.ts";
import { type CallAction, isCall, saveBequest } from "../switches/save-bequest.ts";
import { lastCallMail } from "./last-call-mail.ts";

type CallKind = CallAction["do"];
type Letter = { readonly contact: string; readonly sealed: Uint8Array; readonly token: string | null };
/** One owner about to be called, with a link for each of their addresses. */
export type Call = {
  readonly bequest: Bequest;
  readonly kind: CallKind;
  readonly letters: readonly Letter[];
  /** The last freeze when it was begun. */
  readonly afterFreeze: string;
};
export type PlacedCall = Call & { readonly isAccepted: boolean; readonly refused: readonly Letter[] };

/**
 * Writes that an owner is being called, if that is due: the last call, or before it a reminder that the clock zone could not get accepted.
 * Null when it is not due any more. Throws where its record cannot be read. Call inside a commit, once its time has come, before anything is sent, and never while
 * everything is frozen.
 */
export function beginCall(parts: KeyholderParts, place: BequestPlace): Call | null {
  const bequest = getBequest(parts.store, place);
  const { attendedMs } = parts.time.now();
  const kind = callDue(bequest, attendedMs);
  saveBequest(parts.store, { ...bequest, lastCallTriedAt: attendedMs }, attendedMs);
  if (kind === undefined) return null;
  const letters = bequest.policy.contacts.flatMap((one) => letterTo(parts, bequest, one));
  return { bequest, kind, letters, afterFreeze: readFreeze(parts.store).id };
}

function callDue({ policy, history }: Bequest, attendedMs: number): CallKind | undefined {
  return deriveSwitch(policy, history, attendedMs).actions.find(isCall)?.do;
}

function letterTo(parts: KeyholderParts, bequest: Bequest, contact: string): Letter[] {
  const sealed = findContact(parts.store, bequest.account, contact);
  return sealed === null ? [] : [{ contact, sealed, token: mintFor(parts, bequest) }];
}

/** A link only where pressing it would count; a dead link in a last call would be worse than none. */
function mintFor(parts: KeyholderParts, { account, policy, history }: Bequest): string | null {
  const { attendedMs } = parts.time.now();
  const wouldCount = applySign(policy, history, { id: policy.id, class: "token" }, attendedMs).accepted;
  if (!wouldCount) return null;
  const token = encodeBase64url(randomBytes(32));
  addToken(parts.store, account, token, "last-call");
  return token;
}

/**
 * Sends a call with the keyholder's own credentials. It counts once a mail server took it for at least one of the owner's addresses; a call
 * that none took counts towards the owner being unreachable. Never throws.
 */
export async function placeCall(parts: KeyholderParts, call: Call): Promise<PlacedCall> {
  let isAccepted = false;
  const refused: Letter[] = [];
  const send = async (letter: Letter) => {
    const answer = await sendLetter(parts, call, letter);
    if (answer === "taken") isAccepted = true;
    if (answer === "refused") refused.push(letter);
  };
  // Why at once: the server of one address may take minutes, and the others are its owner's too.
  await Promise.all(call.letters.map(send));
  return { ...call, isAccepted, refused };
}

async function sendLetter(
  parts: KeyholderParts,
  { bequest, kind }: Call,
  letter: Letter,
): Promise<"taken" | "refused" | "unanswered"> {
  try {
    const context = contactContext(bequest.account, letter.contact);
    const mail = lastCallMail(decodeUtf8(openShare(parts.keys.kek, context, letter.sealed)), {
      publicUrl: parts.publicUrl,
      token: letter.token,
      earliestMs: earliest(parts, bequest),
      kind,
    });
    return (await parts.mailer?.sendMail(mail))?.accepted === true ? "taken" : "refused";
  } catch (error) {
    // Why told apart: its reader may have it all the same, and the link in it must not be a dead one.
    if (error instanceof DependencyError && error.code === "mail-unanswered") return "unanswered";
    // The mail server is away, or what was deposited cannot be read: tried again later, and one contact does not keep the others waiting.
    return "refused";
  }
}

function earliest(parts: KeyholderParts, { policy, history }: Bequest): number {
  const { attendedMs, wallMs } = parts.time.now();
  const { left, leftByRequest } = deriveSwitch(policy, history, attendedMs);
  return wallMs + Math.min(left, leftByRequest ?? left);
}

/**
 * Writes what became of a call. It counts only for the silence in which it was sent. Why the record is read again: an answer may have come
 * while the mail was on its way, and then no call is due any more. Call inside a commit.
 */
export function noteCall(parts: KeyholderParts, placed: PlacedCall, attendedMs: number): void {
  const { bequest: called, kind, isAccepted, refused } = placed;
  for (const { token } of refused) if (token !== null) dropToken(parts.store, token);
  // Why: what was sent before a freeze, and taken in it or after it, is no answer to what is asked for then.
  if (readFreeze(parts.store).id !== placed.afterFreeze) return;
  const bequest = findBequest(parts.store, called.account, called.b);
  if (bequest === null || bequest.history.lastSign?.id !== called.history.lastSign?.id) return;
  // Why the same: a mail that asked for a check-in is no last call, though the last one may be due by now.
  if (callDue(bequest, attendedMs) !== kind) return;
  const about = openRequests(called.history).map(({ id }) => id);
  const history = isAccepted ? taken(bequest, kind, about, attendedMs) : applyTriedInVain(bequest.history, attendedMs);
  saveBequest(parts.store, { ...bequest, history }, attendedMs);
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
