import { NotFoundError } from "@afterkeep/platform";
import { zeroId } from "@afterkeep/statements";
import type { OwnerActor } from "../context/actor.ts";
import { type Call, inOwnTenant } from "../context/call.ts";
import { readBequest } from "../storage/bequests.ts";
import { readRecipient } from "../storage/recipients.ts";
import type { Operation } from "./operation.ts";
import { bequestUnknown } from "./submit-statement.ts";

export const depositKey: Operation<"depositKey"> = async (call, { body }) => {
  const isForContact = body.b === zeroId && body.r === zeroId && body.g === 0;
  if (!isForContact) await requireSlotOf(call, body);
  return call.services.keyholder.depositKey({ account: call.actor.tenant, ...body });
};

/** Throws NotFoundError unless bequest and recipient are the owner's own. */
export async function requireSlotOf(call: Call<OwnerActor>, slot: { b: string; r: string }): Promise<void> {
  const [bequest, recipient] = await inOwnTenant(call, async (tx) => [
    await readBequest(tx, slot.b),
    await readRecipient(tx, slot.r),
  ]);
  if (bequest === null) throw bequestUnknown();
  if (recipient === null) throw recipientUnknown();
}

export function recipientUnknown(): NotFoundError {
  return new NotFoundError("recipient-unknown", "There is no such recipient.", {
    next: "Reload the list of recipients.",
  });
}
