import { signInRefused, verifySignIn } from "../access/opaque-server.ts";
import { openAccountField } from "../access/personal-fields.ts";
import { acceptedTotpStep, leftOfLockOut, lockOutMs } from "../access/second-factor.ts";
import { hashToken } from "../access/secret-token.ts";
import { openTicketState } from "../access/ticket-state.ts";
import { toWire } from "../access/wire.ts";
import { type Call, inTenantOf, noteAudit, type Tx } from "../context/call.ts";
import { openSession } from "../context/open-session.ts";
import { TooManyCallsError } from "../context/rate-limiter.ts";
import { type AccountRow, lockAccount, noteTotpAccepted, noteTotpRefused, readSlots } from "../storage/accounts.ts";
import { findTicket } from "../storage/lookups.ts";
import { endTicket, useTicket } from "../storage/tickets.ts";
import { attest } from "./attest.ts";
import type { InputOf, Operation, OutputOf } from "./operation.ts";
import { signInState } from "./sign-in.ts";

type Input = InputOf<"finishSession">["body"];
type Verdict = { session: OutputOf<"finishSession"> } | { refusal: Error };

/** Second half: the passphrase's proof, then the code, then a session. A ticket is good for one try. */
export const finishSession: Operation<"finishSession"> = async (call, { body }) => {
  const state = await takeTicket(call, body.ticket);
  await verifySignIn(state.serverLoginState, body.finishLoginRequest);
  // Why a value instead of a throw: a wrong code must be counted, so its transaction commits.
  const verdict = await inTenantOf(call, state.account, (tx) => judgeCode(call, tx, body));
  if ("refusal" in verdict) throw verdict.refusal;
  call.services.signIns.succeed(state.attempt);
  call.services.background(attest(call, state.account));
  return verdict.session;
};

async function takeTicket(call: Call, ticket: string) {
  const { db, realClock } = call.services;
  const hash = hashToken(ticket);
  const tenant = await findTicket(db, hash);
  if (tenant === null) throw signInRefused();
  const row = await inTenantOf(call, tenant, async (tx) => {
    const used = await useTicket(tx, { hash, purpose: "sign-in", nowMs: realClock.nowMs(), attemptsAtMost: 1 });
    if (used !== null) await endTicket(tx, hash);
    return used;
  });
  if (row === null) throw signInRefused();
  return signInState.parse(openTicketState(ticket, row.state));
}

// Why the lock-out looks at codes only, never at passphrases: whoever knows an address could otherwise keep its owner out.
async function judgeCode(call: Call, tx: Tx, body: Input): Promise<Verdict> {
  const account = await lockAccount(tx);
  if (account === null) return { refusal: signInRefused() };
  const now = call.services.realClock.nowMs();
  const waitMs = leftOfLockOut(account.locked_until, now);
  if (waitMs > 0) return { refusal: new TooManyCallsError("sign-in-paused", waitMs) };
  const step = await acceptedStep(call, account, body.totpCode);
  if (step === null) {
    const failures = account.totp_failures + 1;
    await noteTotpRefused(tx, failures, now + lockOutMs(failures));
    return { refusal: signInRefused() };
  }
  await noteTotpAccepted(tx, step);
  return { session: await admit(call, tx, account, body.channel) };
}

async function acceptedStep(call: Call, account: AccountRow, code: string): Promise<number | null> {
  const dek = await call.services.deks.dekOf(account.id, account.dek);
  const secret = openAccountField(dek, account.id, "totp_secret", account.totp_secret);
  return acceptedTotpStep({ secret, code, nowMs: call.services.realClock.nowMs(), afterStep: account.totp_last_step });
}

async function admit(
  call: Call,
  tx: Tx,
  account: AccountRow,
  channel: Input["channel"],
): Promise<OutputOf<"finishSession">> {
  const session = await openSession(call, tx, { tenant: account.id, recipient: null, channel });
  await noteAudit(call, tx, await call.services.productTime.nowMs(), {
    tenant: account.id,
    action: "session.opened",
    resource: `account:${account.id}`,
    fields: { channel },
    as: { actor: "owner", id: account.id },
  });
  return {
    account: account.id,
    ...session,
    slots: (await readSlots(tx)).map((slot) => ({
      kind: slot.kind,
      slotId: slot.slot_id,
      epoch: slot.epoch,
      wrapped: toWire(slot.wrapped),
    })),
    keyring: { version: account.keyring_version, wrapped: toWire(account.keyring) },
  };
}
