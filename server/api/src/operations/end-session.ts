import { inOwnTenant } from "../context/call.ts";
import { deleteSession } from "../storage/sessions.ts";
import type { Operation } from "./operation.ts";

export const endSession: Operation<"endSession"> = async (call) => {
  await inOwnTenant(call, (tx) => deleteSession(tx, call.actor.sessionHash));
  if (call.actor.channel === "cookie") call.cookies.clear.push("owner");
  return {};
};
