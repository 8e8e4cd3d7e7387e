import { inOwnTenant } from "../context/call.ts";
import { listVault } from "../storage/documents.ts";
import { documentAnswer } from "./document-answer.ts";
import type { Operation } from "./operation.ts";

const page = 200;

export const listDocuments: Operation<"listDocuments"> = async (call, { query }) => {
  const after = { doc: query.after, ver: query.afterVer };
  const rows = await inOwnTenant(call, (tx) => listVault(tx, after, page + 1));
  return { documents: rows.slice(0, page).map(documentAnswer), more: rows.length > page };
};
