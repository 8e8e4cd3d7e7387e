import type * as real from "../../storage/given-back.ts";
import { statementIn } from "./memory-database.ts";
import { keyOf } from "./memory-rows.ts";

export const isGivenBack: typeof real.isGivenBack = async (db, { instance, commits }) =>
  statementIn(db, async (trx) => {
    const row = trx.get(trx.tables.given_back, keyOf.givenBack);
    return row?.instance === instance && row.commits !== null && row.commits <= commits;
  });

export const beginGivingBack: typeof real.beginGivingBack = async (db, turn) =>
  statementIn(db, async (trx) => {
    const table = trx.tables.given_back;
    await trx.lock(table, keyOf.givenBack);
    trx.write(table, keyOf.givenBack, { only: true, turn, instance: null, commits: null });
  });

export const noteGivenBack: typeof real.noteGivenBack = async (db, turn, { instance, commits }) =>
  statementIn(db, async (trx) => {
    const table = trx.tables.given_back;
    if (trx.get(table, keyOf.givenBack)?.turn !== turn) return;
    await trx.lock(table, keyOf.givenBack);
    const row = trx.get(table, keyOf.givenBack);
    // Why again: whoever held it may have begun another turn.
    if (row?.turn === turn) trx.write(table, keyOf.givenBack, { ...row, instance, commits });
  });
