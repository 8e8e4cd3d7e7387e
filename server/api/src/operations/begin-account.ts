import { ConflictError } from "@afterkeep/platform";
import { answerRegistration } from "../access/opaque-server.ts";
import { makeTotpSecret } from "../access/second-factor.ts";
import { makeToken } from "../access/secret-token.ts";
import { sealTicketState } from "../access/ticket-state.ts";
import { inTenantOf } from "../context/call.ts";
import { readAccount } from "../storage/accounts.ts";
import { insertTicket } from "../storage/tickets.ts";
import type { Operation } from "./operation.ts";
import { registrationMs, type RegistrationState } from "./registration.ts";

/** Nothing of an account exists yet: a ticket, a seed for the authenticator app, and the keyholder's challenge for the genesis. */
export const beginAccount: Operation<"beginAccount"> = async (call, { body }) => {
  const { services } = call;
  const { opaqueServerSetup } = await services.secrets.get();
  const registrationResponse = await answerRegistration(opaqueServerSetup, body.account, body.registrationRequest);
  // Why: an account that exists must not get challenges on a stranger's asking.
  if ((await inTenantOf(call, body.account, readAccount)) !== null)
    throw new ConflictError("account-exists", "This account exists already.", { next: "Sign in instead." });
  const { challenge } = await services.keyholder.challenge({ account: body.account, purpose: "control" });
  const state: RegistrationState = { account: body.account, totpSecret: makeTotpSecret() };
  const ticket = makeToken();
  await inTenantOf(call, body.account, (tx) =>
    insertTicket(tx, {
      token_hash: ticket.hash,
      tenant: body.account,
      purpose: "register",
      state: sealTicketState(ticket.token, state),
      expires_at: services.realClock.nowMs() + registrationMs,
    }),
  );
  return { ticket: ticket.token, registrationResponse, totpSecret: state.totpSecret, challenge };
};
