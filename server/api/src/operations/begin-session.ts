import { answerSignIn } from "../access/opaque-server.ts";
import { makeToken } from "../access/secret-token.ts";
import { sealTicketState } from "../access/ticket-state.ts";
import { toWire } from "../access/wire.ts";
import { inTenantOf } from "../context/call.ts";
import { readAccount } from "../storage/accounts.ts";
import { findAccount } from "../storage/lookups.ts";
import { insertTicket } from "../storage/tickets.ts";
import type { Operation } from "./operation.ts";
import { signInMs, type SignInState } from "./sign-in.ts";

/**
 * First half of a sign-in. An unknown address goes the same way with a made-up account: the same queries, the same work, the same
 * shape of answer.
 */
export const beginSession: Operation<"beginSession"> = async (call, { body }) => {
  const { services } = call;
  const secrets = await services.secrets.get();
  const index = secrets.indexOf(body.email);
  const attempt = { address: call.address, account: toWire(index) };
  services.signIns.begin(attempt);
  const fake = secrets.fakeAccountOf(body.email);
  const account = (await findAccount(services.db, index)) ?? fake;
  const row = await inTenantOf(call, account, readAccount);
  const { loginResponse, serverLoginState } = await answerSignIn(secrets.opaqueServerSetup, {
    account,
    record: row?.opaque_record,
    startLoginRequest: body.startLoginRequest,
  });
  const state: SignInState = { account, serverLoginState, attempt };
  const ticket = makeToken();
  await inTenantOf(call, account, (tx) =>
    insertTicket(tx, {
      token_hash: ticket.hash,
      tenant: account,
      purpose: "sign-in",
      state: sealTicketState(ticket.token, state),
      expires_at: services.realClock.nowMs() + signInMs,
    }),
  );
  return { ticket: ticket.token, loginResponse };
};
