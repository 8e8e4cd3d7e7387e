import type { InputOf, Operation } from "./operation.ts";
import { ConflictError, InputError, UnauthenticatedError } from "@afterkeep/platform";
import { deliverableEmail, sealAccountField } from "../access/personal-fields.ts";
import { acceptedTotpStep } from "../access/second-factor.ts";
import { hashToken } from "../access/secret-token.ts";
import { openTicketState } from "../access/ticket-state.ts";
import { fromWire } from "../access/wire.ts";
import { type Call, inTenantOf, noteAudit, type Tx } from "../context/call.ts";
import { openSession } from "../context/open-session.ts";
import { insertAccount, insertSlots } from "../storage/accounts.ts";
import { findAccount, findTicket } from "../storage/lookups.ts";
import { endTicket, useTicket } from "../storage/tickets.ts";
import { askReceipt, storeReceipted } from "./receipted-statement.ts";
import { registrationAttempts, registrationState } from "./registration.ts";
import { readStatement } from "../access/statement-reading.ts";
import { sendVerification } from "./verification-mail.ts";

type Input = InputOf<"finishAccount">["body"];
type Registration = { account: string; totpSecret: string; step: number };

/**
 * Makes the account. The keyholder takes the genesis first: if our own transaction fails afterwards, the same call heals it,
 * because the keyholder answers the same statement with the same receipt and the ticket is still there.
 */
export const finishAccount: Operation<"finishAccount"> = async (call, { body }) => {
  requireBothSlots(body);
  const registration = await judgeTicket(call, body);
  const statement = readStatement("key", body.genesis);
  if (statement.body.account !== registration.account || statement.body.seq !== 0)
    throw new InputError("genesis-mismatch", "The first statement is not this account's.", { next: "Begin again." });
  await requireFreeAddress(call, body.email);
  const { dek, wrapped } = await call.services.deks.create(registration.account);
  const { receipt } = await askReceipt(call, "key", statement);
  const at = await call.services.productTime.nowMs();
  return inTenantOf(call, registration.account, async (tx) => {
    if (!(await endTicket(tx, hashToken(body.ticket)))) throw ticketOver();
    await storeAccount(call, tx, { body, registration, dek, wrapped, at });
    await storeReceipted(call, tx, at, { kind: "key", tenant: registration.account, statement, receipt, seq: 0 });
    await sendVerification(call, tx, {
      tenant: registration.account,
      dek,
      email: body.email,
      ownerName: body.displayName,
    });
    const as = { actor: "owner" as const, id: registration.account };
    await noteAudit(call, tx, at, {
      tenant: registration.account,
      action: "account.created",
      resource: `account:${registration.account}`,
      as,
    });
    const session = await openSession(call, tx, {
      tenant: registration.account,
      recipient: null,
      channel: body.channel,
    });
    return {
      session: { account: registration.account, ...session, slots: body.slots, keyring: body.keyring },
      receipt,
    };
  });
};

function requireBothSlots({ slots }: Input): void {
  const kinds = new Set(slots.map(({ kind }) => kind));
  const ids = new Set(slots.map(({ slotId }) => slotId));
  if (kinds.size !== 2 || ids.size !== 2)
    throw new InputError("slots-wrong", "An account begins with one slot of each kind.", { next: "Begin again." });
}

async function judgeTicket(call: Call, { ticket, totpCode }: Input): Promise<Registration> {
  const { db, realClock } = call.services;
  const hash = hashToken(ticket);
  const tenant = await findTicket(db, hash);
  if (tenant === null) throw ticketOver();
  const wish = { hash, purpose: "register" as const, nowMs: realClock.nowMs(), attemptsAtMost: registrationAttempts };
  const row = await inTenantOf(call, tenant, (tx) => useTicket(tx, wish));
  if (row === null) throw ticketOver();
  const state = registrationState.parse(openTicketState(ticket, row.state));
  const step = acceptedTotpStep({ secret: state.totpSecret, code: totpCode, nowMs: realClock.nowMs(), afterStep: -1 });
  if (step === null)
    throw new InputError("code-wrong", "The code does not fit.", {
      next: "Look whether the phone's clock is right, and type the code that it shows now.",
    });
  return { ...state, step };
}

async function requireFreeAddress(call: Call, email: string): Promise<void> {
  const { indexOf } = await call.services.secrets.get();
  if ((await findAccount(call.services.db, indexOf(email))) !== null) throw addressTaken();
}

async function storeAccount(
  call: Call,
  tx: Tx,
  made: { body: Input; registration: Registration; dek: Uint8Array; wrapped: string; at: number },
): Promise<void> {
  const { body, registration, dek } = made;
  const { indexOf } = await call.services.secrets.get();
  const isNew = await insertAccount(tx, {
    id: registration.account,
    dek: made.wrapped,
    email: sealAccountField(dek, registration.account, "email", deliverableEmail(body.email)),
    email_index: indexOf(body.email),
    name: sealAccountField(dek, registration.account, "name", body.displayName),
    opaque_record: body.registrationRecord,
    totp_secret: sealAccountField(dek, registration.account, "totp_secret", registration.totpSecret),
    totp_last_step: registration.step,
    keyring_version: body.keyring.version,
    keyring: fromWire(body.keyring.wrapped),
    created_at: made.at,
  });
  if (!isNew) throw addressTaken();
  await insertSlots(
    tx,
    registration.account,
    body.slots.map((slot) => ({ ...slot, wrapped: fromWire(slot.wrapped) })),
  );
}

function addressTaken(): ConflictError {
  return new ConflictError("email-taken", "There is an account with this address.", {
    next: "Sign in, or use another address.",
  });
}

function ticketOver(): UnauthenticatedError {
  return new UnauthenticatedError("ticket-unknown", "This attempt is over.", { next: "Begin again." });
}
