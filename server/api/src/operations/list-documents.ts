import { inOwnTenant } from "../context/call.ts";
import { type DocumentRow, listCommitted } from "../storage/documents.ts";
import { documentAnswer } from "./document-answer.ts";
import type { Operation } from "./operation.ts";

const page = 200;

export const listDocuments: Operation<"listDocuments"> = async (call, { query }) => {
  const rows = await inOwnTenant(call, (tx) => listCommitted(tx, query.after, page + 1));
  const shown = wholeDocuments(rows);
  return { documents: shown.map(documentAnswer), more: rows.length > shown.length };
};

// Why: the next page begins after a document, so the versions of one document must not lie on two pages.
function wholeDocuments(rows: DocumentRow[]): DocumentRow[] {
  const next = rows[page];
  if (next === undefined) return rows;
  const complete = rows.filter(({ doc }) => doc !== next.doc);
  return complete.length > 0 ? complete : rows.slice(0, page);
}
