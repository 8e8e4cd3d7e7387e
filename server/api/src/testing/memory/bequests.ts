import type * as real from "../../storage/bequests.ts";
import { statementIn } from "./memory-database.ts";
import { keyOf } from "./memory-rows.ts";

export const readBequest: typeof real.readBequest = async (tx, b) =>
  statementIn(tx, async (own) => own.get(own.tables.bequest, keyOf.bequest(own.tenant ?? "", b)) ?? null);
