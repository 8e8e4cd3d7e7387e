import type * as real from "../../storage/documents.ts";
import { statementIn } from "./memory-database.ts";

/* Documents are outside: no manifest here names one. What the SQL answers about none is answered; anything else is a mistake. */

function requireNone(keys: readonly unknown[]): void {
  if (keys.length > 0) throw new Error("documents are not in memory");
}

export const countReady: typeof real.countReady = async (tx, keys) =>
  statementIn(tx, async () => {
    requireNone(keys);
    return 0;
  });

export const countOtherHeaders: typeof real.countOtherHeaders = async (tx, verified) =>
  statementIn(tx, async () => {
    requireNone(verified);
    return 0;
  });

export const postponeRemoval: typeof real.postponeRemoval = async (tx, keys) =>
  statementIn(tx, async () => requireNone(keys));

export const confirmHeaders: typeof real.confirmHeaders = async (tx, verified) =>
  statementIn(tx, async () => requireNone(verified));

export const commitDocuments: typeof real.commitDocuments = async (tx, keys) =>
  statementIn(tx, async () => requireNone(keys));

export const readUsage: typeof real.readUsage = async () => {
  throw new Error("documents are not in memory");
};
