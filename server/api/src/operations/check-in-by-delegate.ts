import { ForbiddenError, NotFoundError } from "@afterkeep/platform";
import { readStatement } from "../access/statement-reading.ts";
import type { Operation } from "./operation.ts";
import { keepWeakSign } from "./keep-weak-sign.ts";
import { askReceipt } from "./receipted-statement.ts";

/**
 * Whose it is the statement says, and with its receipt the keyholder: it gives one only to a key that this account's owner certified, over a challenge of
 * that key's own.
 */
export const checkInByDelegate: Operation<"checkInByDelegate"> = async (call, { body }) => {
  const statement = readStatement("checkin", body.statement);
  const { receipt } = await askReceipt(call, "checkin", statement).catch(rethrowAlike);
  await keepWeakSign(call, { kind: "checkin", tenant: statement.body.account, statement, receipt });
  return { receipt };
};

/** Why one answer for both: nobody without a certified key may learn here which accounts there are. */
function rethrowAlike(cause: unknown): never {
  const isUnknown =
    (cause instanceof NotFoundError && cause.code === "account-unknown") ||
    (cause instanceof ForbiddenError && cause.code === "device-unknown");
  if (!isUnknown) throw cause;
  throw new NotFoundError("delegate-unknown", "No such key may check in here.", { cause });
}
