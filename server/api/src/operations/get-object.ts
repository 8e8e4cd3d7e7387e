import { inOwnTenant } from "../context/call.ts";
import { readDocument } from "../storage/documents.ts";
import { objectAnswer } from "./document-answer.ts";
import type { Operation } from "./operation.ts";

export const getObject: Operation<"getObject"> = async (call, { params: { doc, ver } }) => {
  const row = await inOwnTenant(call, (tx) => readDocument(tx, { doc, ver }));
  return objectAnswer(call.services.objects, { tenant: call.actor.tenant, doc, ver }, row);
};
