import { inOwnTenant } from "../context/call.ts";
import type { Operation } from "./operation.ts";
import { readOwnAccount } from "./own-account.ts";
import { sendVerification } from "./verification-mail.ts";

const mailsPerWindow = 20;

export const sendEmailVerification: Operation<"sendEmailVerification"> = async (call) => {
  const { tenant } = call.actor;
  call.services.rateLimiter.take(`verify:${tenant}`, mailsPerWindow);
  await inOwnTenant(call, async (tx) => {
    const { row, dek, email, name } = await readOwnAccount(call, tx);
    if (!row.email_verified) await sendVerification(call, tx, { tenant, dek, email, ownerName: name });
  });
  return {};
};
