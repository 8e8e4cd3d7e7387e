import { parseStatement } from "@afterkeep/formats";
import {
  type AccountView,
  type BesideKind,
  disarmBody,
  isDisarmed,
  latestPolicy,
  manifestBody,
  openStatement,
  pauseBody,
  policyBody,
  StatementError,
  statementIdOf,
  statementKindOf,
  statementLimits,
} from "@afterkeep/statements";
import { applyLostPause } from "@afterkeep/switch";
import type { KeyholderParts } from "../parts.ts";
import { withdraw } from "../release/withdraw.ts";
import { addAccount, hasAccount } from "../store/accounts.ts";
import type { Bequest } from "../store/bequests.ts";
import { noteMissedSign } from "../store/missed-signs.ts";
import { addManifest } from "../store/manifests.ts";
import { addReceipt, addStatement, findReceipt, listBeside, listSaid, type Said } from "../store/statements.ts";
import { readBequests } from "../switches/read-bequests.ts";
import { saveBequest } from "../switches/save-bequest.ts";
import type { Moment } from "../time/attended-time.ts";
import { isBeside, isOwnerKind, type OwnerKind, readClaim } from "./accept-control.ts";
import { hearSign } from "./hear-sign.ts";
import { showReceipt } from "./show-receipt.ts";
import { toPublicError } from "./submit.ts";

type Given = { readonly statement: string; readonly receipt: string };
type Lost = { id: string; kind: OwnerKind; jws: string; challenge: string; receipt: string; counter: number };

/**
 * Takes back what a restored store lost, so that the owner's chain can go on. Each statement is untrusted: it comes with this keyholder's
 * own receipt, so it was fresh and accepted once, and it must follow this store's own chain.
 *
 * Why a policy becomes known but does not bind: its shares may be lost, and what was sealed since may differ. The owner, who was told of
 * the restore, arms anew. A disarm and a pause are obeyed: the stricter never loses. Nothing here is a sign of life, whoever brings it.
 *
 * @param more others of the same account follow. Why a disarm and a pause wait for the last of them: what is stopped here no import begins again, also not with the
 * policy that armed after it. Who breaks off has them obeyed by the next one without `more`, which need not bring anything that was lost.
 */
export function importStatements(
  parts: KeyholderParts,
  { account, statements, more = false }: { account: string; statements: readonly Given[]; more?: boolean | undefined },
): { imported: number; head: { seq: number; id: string } } {
  try {
    const lost = statements.map((given) => readLost(parts, account, given)).filter((one) => one !== null);
    // Why asked: what is given back is everything of an account, and by an api that could not compare of all of them. A commit for each would be hours of the disk's.
    if (lost.length === 0) {
      const view = known(parts.chains.find(account));
      if (more || !isToObey(parts, view)) return { imported: 0, head: view.head };
    }
    const moment = parts.time.advance();
    // Why shown: what was receipted further than this store counts proves that an older one was put in place, whoever brings it.
    for (const { receipt } of lost) showReceipt(parts, receipt);
    parts.chains.forget(account);
    const head = parts.store.commit(() => takeBack(parts, { account, lost, more }, moment).head);
    return { imported: lost.length, head };
  } catch (error) {
    throw toPublicError(error);
  }
}

function known(view: AccountView | null): AccountView {
  if (view === null) throw new StatementError("genesis");
  return view;
}

/** Null for what is known. Throws StatementError unless the receipt is by this keyholder for this statement of this account. */
function readLost(parts: KeyholderParts, account: string, { statement: jws, receipt }: Given): Lost | null {
  const id = statementIdOf(jws);
  if (findReceipt(parts.store, id) !== null) return null;
  const kind = statementKindOf(jws);
  if (!isOwnerKind(kind)) throw new StatementError("kind");
  const claim = readClaim(parseStatement(jws, kind, statementLimits[kind]).payload);
  const { body } = openStatement("receipt", receipt, parts.keys.signing.publicKey);
  if (body.account !== account || claim.account !== account) throw new StatementError("account");
  if (body.statement !== id) throw new StatementError("mismatch", "receipt of another statement");
  return { id, kind, jws, challenge: claim.challenge, receipt, counter: body.counter };
}

type Taken = { readonly account: string; readonly lost: readonly Lost[]; readonly more: boolean };

function takeBack(parts: KeyholderParts, { account, lost, more }: Taken, moment: Moment): AccountView {
  let view = parts.chains.find(account);
  for (const one of lost) {
    view = parts.chains.extend(view, account, one.jws);
    keep(parts, account, one, view, moment);
  }
  const folded = known(view);
  if (!more) obey(parts, folded, moment);
  notePauses(parts, account, lost, moment);
  parts.chains.forget(account);
  return folded;
}

/**
 * Whether an import would stop something here also where nothing of it was lost. Why what a chain adds up to is asked for last: to know it is to verify all of it, and hardly any owner has disarmed
 * something and lets something run.
 */
export function isToObeyIn(parts: KeyholderParts, account: string): boolean {
  if (toPause(parts, account, parts.time.now()).length > 0) return true;
  if (!hasBeside(parts, account, "disarm")) return false;
  const runs = readBequests(parts, account).read.some(({ history }) => history.disarmed === null);
  return runs && toDisarm(parts, known(parts.chains.find(account))).length > 0;
}

function hasBeside({ store }: KeyholderParts, account: string, kind: BesideKind): boolean {
  return listBeside(store, account).some((jws) => statementKindOf(jws) === kind);
}

function isToObey(parts: KeyholderParts, view: AccountView): boolean {
  return toDisarm(parts, view).length > 0 || toPause(parts, view.account, parts.time.now()).length > 0;
}

function obey(parts: KeyholderParts, view: AccountView, moment: Moment): void {
  for (const { bequest, id } of toDisarm(parts, view)) hearSign(parts, bequest, { kind: "disarm", id }, moment);
  // Why after them: a disarm ends the pause that was there, and of a pause that came after it nothing is known before.
  for (const { bequest, id, heard } of toPause(parts, view.account, moment)) {
    withdraw(parts, bequest, heard.withdrawnRecipients, { sign: id, atMs: moment.wallMs });
    saveBequest(parts.store, { ...bequest, history: heard.history }, moment.attendedMs);
  }
}

function keep(parts: KeyholderParts, account: string, lost: Lost, { head }: AccountView, moment: Moment): void {
  const { id, kind, jws, challenge, receipt, counter } = lost;
  if (!hasAccount(parts.store, account)) addAccount(parts.store, account);
  const seq = isBeside(kind) ? null : head.seq;
  addStatement(parts.store, { id, account, seq, jws, atMs: moment.attendedMs });
  addReceipt(parts.store, { statement: id, account, challenge, counter, jws: receipt });
  if (kind !== "manifest") return;
  const { b, g, mseq, manifestHash } = manifestBody.parse(parseStatement(jws, kind, statementLimits[kind]).payload);
  addManifest(parts.store, account, { b, g, mseq, hash: manifestHash, atMs: moment.attendedMs });
}

/**
 * What is disarmed by all that is known now, and runs. A policy that armed again after its disarm leaves what is bound as it is. Why also where nothing was lost: a record that could not be read
 * when its disarm came back, or that was mended from before it, hears it as soon as it can be read.
 */
function toDisarm(parts: KeyholderParts, view: AccountView): { bequest: Bequest; id: string }[] {
  return readBequests(parts, view.account).read.flatMap((bequest) => {
    const newest = latestPolicy(view, bequest.b)?.id ?? "";
    const disarm = view.disarms.findLast(({ acts }) => acts.includes(newest));
    const isObeyed = disarm === undefined || !isDisarmed(view, bequest.b) || bequest.history.disarmed !== null;
    return isObeyed ? [] : [{ bequest, id: disarm.id }];
  });
}

type ToPause = { bequest: Bequest; id: string; heard: ReturnType<typeof applyLostPause> };

/**
 * What is paused by the last word on it in all that is known now, and does not know of that. It counts from when it was accepted or taken back: nobody knows how much of it is
 * over, and whoever asks again finds the same.
 */
function toPause(parts: KeyholderParts, account: string, { attendedMs }: Moment): ToPause[] {
  // Why asked: most owners never paused, and all of them are asked about at each start of an api.
  if (!hasBeside(parts, account, "pause")) return [];
  const said = listSaid(parts.store, account);
  return readBequests(parts, account).read.flatMap((bequest) => {
    const last = said.findLast((one) => pauseIn(one, bequest.b) !== null);
    const forMs = last === undefined ? null : pauseIn(last, bequest.b);
    if (last === undefined || forMs === null) return [];
    const heard = applyLostPause(bequest.history, { ...last, forMs }, attendedMs);
    return heard.history === bequest.history ? [] : [{ bequest, id: last.id, heard }];
  });
}

/** One whose record cannot be read is held instead of paused once it can be: it must not keep the owner's others from what they lost. */
function notePauses(parts: KeyholderParts, account: string, lost: readonly Lost[], { attendedMs }: Moment): void {
  if (!lost.some(({ kind }) => kind === "pause")) return;
  const pauses = (b: string) => lost.some((one) => (pauseIn(one, b) ?? 0) > 0);
  for (const b of readBequests(parts, account).unread)
    if (pauses(b)) noteMissedSign(parts.store, { account, b }, { attended: attendedMs, isDropped: false });
}

/** For how long a statement pauses a bequest, 0 for its end; null for no word on it: a refusal or a lost device leaves a pause as it is. */
function pauseIn({ jws }: Pick<Said, "jws">, b: string): number | null {
  const kind = statementKindOf(jws);
  if (kind !== "policy" && kind !== "pause" && kind !== "disarm") return null;
  const { payload } = parseStatement(jws, kind, statementLimits[kind]);
  if (kind === "policy") return policyBody.parse(payload).b === b ? 0 : null;
  const body = kind === "pause" ? pauseBody.parse(payload) : { ...disarmBody.parse(payload), forMs: 0 };
  return body.scope === "account" || body.b === b ? body.forMs : null;
}
