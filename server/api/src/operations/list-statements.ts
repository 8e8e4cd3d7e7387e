import { inOwnTenant } from "../context/call.ts";
import { readChain } from "../storage/statements.ts";
import type { Operation } from "./operation.ts";

const page = 500;

export const listStatements: Operation<"listStatements"> = async (call, { query }) => {
  const chain = await inOwnTenant(call, (tx) => readChain(tx, query.after, page + 1));
  return { statements: chain.slice(0, page), more: chain.length > page };
};
