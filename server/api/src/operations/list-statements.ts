import { inOwnTenant } from "../context/call.ts";
import { readChain, readRevocations } from "../storage/statements.ts";
import type { Operation } from "./operation.ts";

const page = 500;

export const listStatements: Operation<"listStatements"> = async (call, { query }) => {
  const [chain, revocations] = await inOwnTenant(call, async (tx) => [
    await readChain(tx, query.after, page + 1),
    await readRevocations(tx, page),
  ]);
  return { statements: chain.slice(0, page), more: chain.length > page, revocations };
};
