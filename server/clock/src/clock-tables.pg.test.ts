import { type CoreTables, mailContent, outboxStates } from "@afterkeep/platform";
import { withDatabase } from "@afterkeep/platform/testing";
import { besideKinds, controlKinds } from "@afterkeep/statements";
import { reminderPhases, slotStages, switchStates } from "@afterkeep/switch";
import { describe, expect, it } from "vitest";

/** Exhaustive by its type: with a kind too many or too few it does not compile. */
const statementKinds: Record<CoreTables["statement"]["kind"], true> = {
  ...kindsOf(controlKinds),
  ...kindsOf(besideKinds),
  ...kindsOf(["checkin", "token", "attested"]),
};
/** What the database may hold in each column of the switch that holds one of a list; `seq` stands for the kinds that have a place in the chain. */
const lists: Record<string, readonly string[]> = {
  "outbox.kind": mailContent.options.map(({ shape }) => shape.kind.value),
  "outbox.state": outboxStates,
  "release_slot.stage": slotStages,
  "reminder.phase": reminderPhases,
  "statement.kind": Object.keys(statementKinds),
  "switch_state.state": switchStates,
};
const tables = ["outbox", "release", "release_slot", "reminder", "statement", "switch_state"];

function kindsOf<Kind extends string>(kinds: readonly Kind[]): Record<Kind, true> {
  return Object.fromEntries(kinds.map((kind) => [kind, true])) as Record<Kind, true>;
}

/** The lists of the database that the migrations made, by table and column: a column that may be one of them, and nothing else is asked of it. */
async function listsInSql(): Promise<Record<string, string[]>> {
  return withDatabase(async (database) => {
    const { rows } = await database
      .pool("superuser")
      .query<{ name: string; definition: string }>(
        "select conrelid::regclass::text as name, pg_get_constraintdef(oid) as definition from pg_constraint where contype = 'c' and conrelid::regclass::text = any ($1)",
        [tables],
      );
    return Object.fromEntries(
      rows.flatMap(({ name, definition }) => {
        const list = /^CHECK \(\((\w+) = ANY \(ARRAY\[([^\]]*)\]\)\)\)$/.exec(definition);
        return list === null ? [] : [[`${name}.${list[1]}`, wordsOf(list[2] ?? "")]];
      }),
    );
  });
}

function wordsOf(definition: string): string[] {
  return [...definition.matchAll(/'([^']*)'::text/g)].map(([, word]) => word ?? "");
}

const sorted = (all: Readonly<Record<string, readonly string[]>>) =>
  Object.fromEntries(Object.entries(all).map(([name, words]) => [name, words.toSorted()]));

describe("the database's lists of what the switch knows", () => {
  it("are the code's, without one too few and without one too many", async () => {
    expect(sorted(await listsInSql())).toEqual(sorted(lists));
  });

  it("give exactly the statements of the chain a place in it", () =>
    withDatabase(async (database) => {
      const { rows } = await database
        .pool("superuser")
        .query<{ definition: string }>(
          "select pg_get_constraintdef(oid) as definition from pg_constraint where conname = 'statement_check'",
        );
      expect(rows.map(({ definition }) => wordsOf(definition).toSorted())).toEqual([controlKinds.toSorted()]);
    }));
});
