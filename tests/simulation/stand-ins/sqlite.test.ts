import { randomUUID } from "node:crypto";
import { DatabaseSync as RealDatabase, type SQLInputValue } from "node:sqlite";
import fc from "fast-check";
import { expect, it } from "vitest";
import { DatabaseSync } from "./sqlite.ts";

const schema = `create table account (id text primary key, counter integer not null) strict, without rowid;
  create table bequest (account text not null, b text not null, wake integer, primary key (account, b)) strict, without rowid;
  create table freeze (id integer primary key, turn integer not null) strict;
  insert into account values ('anna', 1), ('bert', 1);
  insert into bequest values ('anna', 'anna', 1), ('anna', 'bert', 2), ('bert', 'anna', 3), ('bert', 'bert', 4);`;
const names = ["anna", "bert"];
const ofOne = [
  "update bequest set wake = 1 - wake where account = ? and b = ?",
  "insert into bequest values (?, ?, 0) on conflict (account, b) do update set wake = bequest.wake + 1",
  "insert or ignore into bequest values (?, ?, 5)",
  "delete from bequest where account = ? and b = ?",
  "update bequest set wake = wake + 7 where b <> ? or account = ?",
];
const ofAccount = [
  "insert into account values (?, 1) on conflict (id) do update set counter = account.counter + 1",
  "update account set counter = counter + 1 where id = ? returning counter",
  "update bequest set wake = (select max(turn) from freeze) where account = ?",
  "delete from bequest where b in (select b from bequest where account = ?)",
  "update bequest set wake = wake + 1 where account <> (select max(id) from account where id <= ?)",
];
const ofAll = ["insert into freeze (turn) values (3)", "update bequest set wake = wake + 1"];
const steps = ["begin immediate", "commit", "rollback", "savepoint attempt", "rollback to attempt; release attempt"];
const reads = [
  ...names.flatMap((account) => [
    ["select b, wake from bequest where account = ? order by b", [account]] as const,
    [
      "select counter, wake from account join bequest on account.id = bequest.account where account = ? order by b",
      [account],
    ] as const,
    [
      "select (select sum(turn) from freeze) as turns, wake from bequest where account = ? order by b",
      [account],
    ] as const,
    ["select counter from account where id = ?", [account]] as const,
    ...names.map((b) => ["select wake from bequest where account = ? and b = ?", [account, b]] as const),
  ]),
  ["select account, b, wake from bequest order by account, b", []] as const,
  ["select count(*) as many from freeze", []] as const,
];

const name = fc.constantFrom(...names);
const statement = fc.oneof(
  fc.tuple(fc.constantFrom(...ofOne), fc.tuple(name, name)),
  fc.tuple(fc.constantFrom(...ofAccount), fc.tuple(name)),
  fc.tuple(fc.constantFrom(...ofAll), fc.constant([])),
  fc.tuple(fc.constantFrom(...steps), fc.constant(null)),
);

it("answers as the engine does, whatever was written since", () => {
  fc.assert(
    fc.property(fc.array(statement, { maxLength: 60, size: "max" }), (statements) => {
      const [real, kept] = [new RealDatabase(":memory:"), new DatabaseSync(`/${randomUUID()}`, {})];
      for (const database of [real, kept]) database.exec(schema);
      for (const [sql, values] of statements) {
        expect([sql, outcomeOf(kept, sql, values)]).toEqual([sql, outcomeOf(real, sql, values)]);
        for (const [read, of] of reads)
          expect([sql, read, outcomeOf(kept, read, of)]).toEqual([sql, read, outcomeOf(real, read, of)]);
      }
      real.close();
    }),
  );
});

function outcomeOf(
  database: RealDatabase | DatabaseSync,
  sql: string,
  values: readonly SQLInputValue[] | null,
): unknown {
  try {
    if (values === null) return database.exec(sql);
    const prepared = database.prepare(sql);
    return sql.startsWith("select") || sql.includes("returning")
      ? prepared.all(...values).map((row) => ({ ...row }))
      : prepared.run(...values).changes;
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
}
