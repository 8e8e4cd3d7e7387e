import { ConflictError, InputError } from "@afterkeep/platform";
import { zeroId } from "@afterkeep/statements";
import { fromWire } from "../access/wire.ts";
import { inOwnTenant, noteAudit } from "../context/call.ts";
import { countBequests, insertBequest } from "../storage/bequests.ts";
import type { Operation } from "./operation.ts";

const bequestsAtMost = 1000;

/** Begins a bequest. Saying the same again is fine: its label may have moved on since, so it is left alone. */
export const createBequest: Operation<"createBequest"> = async (call, { body: { b, label } }) => {
  if (b === zeroId)
    throw new InputError("bequest-id-reserved", "This id stands for the vault itself.", { next: "Make a new id." });
  const { tenant } = call.actor;
  const at = await call.services.productTime.nowMs();
  return inOwnTenant(call, async (tx) => {
    if ((await countBequests(tx)) >= bequestsAtMost)
      throw new ConflictError("too-many-bequests", "An account has at most 1000 bequests.", {
        next: "Change one of those you have.",
      });
    if (await insertBequest(tx, { tenant, b, label: fromWire(label), created_at: at }))
      await noteAudit(call, tx, at, { tenant, action: "bequest.begun", resource: `bequest:${b}` });
    return {};
  });
};
