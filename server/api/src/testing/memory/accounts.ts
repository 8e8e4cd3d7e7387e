import type * as real from "../../storage/accounts.ts";
import { statementIn } from "./memory-database.ts";

export const readAccount: typeof real.readAccount = async (tx) =>
  statementIn(tx, async (own) => own.get(own.tables.account, own.tenant ?? "") ?? null);

export const lockAccount: typeof real.lockAccount = async (tx) =>
  statementIn(tx, async (own) => {
    const { account } = own.tables;
    const tenant = own.tenant ?? "";
    if (own.get(account, tenant) === undefined) return null;
    await own.lockShared(account, tenant);
    return own.get(account, tenant) ?? null;
  });
