import type { Mutant } from "./mutant.ts";

const operation = (name: string) => `server/api/src/operations/${name}.ts`;

/** Of the product's own api: each found in the first world of its seed, which has one. */
export const apiMutants: readonly Mutant[] = [
  {
    name: "an older receipt for one that did not come",
    breaks: ["A3"],
    seed: "254",
    file: operation("check-in"),
    find: 'const { receipt } = await askReceipt(call, "checkin", statement);',
    replace:
      'const from = { account: call.actor.tenant, from: 0, limit: 1 };\n  const { receipt } = await askReceipt(call, "checkin", statement).catch(async () => (await call.services.keyholder.statements(from)).statements[0]);',
  },
  {
    name: "answered before it is kept",
    breaks: ["A4"],
    seed: "254",
    file: operation("check-in"),
    find: "await storeReceipted(call, call.services.db, at, accepted);",
    replace: "void storeReceipted(call, call.services.db, at, accepted).catch(() => {});",
  },
  {
    name: "no receipt is shown",
    breaks: ["A2"],
    seed: "254",
    file: operation("get-status"),
    find: "outages, lastReceipt };",
    replace: "outages, lastReceipt: lastReceipt.slice(lastReceipt.length) };",
  },
  {
    name: "only the chain is healed",
    breaks: ["A1"],
    seed: "254",
    file: operation("heal-statements"),
    find: 'const seq = "seq" in statement.body ? statement.body.seq : null;',
    replace: 'const seq = "seq" in statement.body ? statement.body.seq : null;\n  if (seq === null) return;',
  },
  {
    name: "the database is believed to be whole",
    breaks: ["A1"],
    seed: "254",
    file: operation("give-back-unasked"),
    find: "const theirs = await healStatements(call, tenant);",
    replace: "const theirs = { has: () => true };",
  },
  {
    name: "no account differs",
    breaks: ["A1", "A5"],
    seed: "254",
    file: "server/keyholder/src/accept/compare-accounts.ts",
    find: "accounts.filter((kept) => differs(parts, epoch, kept))",
    replace: "accounts.filter((kept) => differs(parts, epoch, kept) && false)",
  },
  {
    name: "kept without what came before it",
    breaks: ["A1"],
    seed: "263",
    file: operation("submit-statement"),
    find: "await keepInChain(call, { ...accepted, seq: statement.body.seq });",
    replace:
      "await storeReceipted(call, call.services.db, await call.services.productTime.nowMs(), { ...accepted, tenant: call.actor.tenant, seq: statement.body.seq });",
  },
  {
    name: "given back but for the last one",
    breaks: ["A5", "E2"],
    seed: "254",
    file: operation("give-back-statements"),
    find: "const statements = given.map(",
    replace: "const statements = given.slice(0, -1).map(",
  },
];
