import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { withDatabase } from "../testing/index.ts";
import { openDatabase } from "./pool.ts";

describe("a connection that keeps plans", () => {
  it("plans a statement once however often it is sent, and does not gather those that are built at run time", () =>
    withDatabase(async (database) => {
      const db = openDatabase<object>(database.config("ak_api"), { max: 1, keepsPlans: true });
      try {
        const kept = async () =>
          (await sql<{ kept: number }>`select count(*) as kept from pg_prepared_statements`.execute(db)).rows[0]?.kept;
        const double = async (n: number) =>
          (await sql<{ twice: number }>`select ${n}::bigint * 2 as twice`.execute(db)).rows[0]?.twice;
        for (let n = 0; n < 8; n++) expect(await double(n)).toBe(2 * n);
        expect(await kept()).toBe(1);
        const sums = Array.from({ length: 300 }, (_, i) =>
          sql.join(
            Array.from({ length: i + 1 }, () => sql`${1}::int`),
            sql` + `,
          ),
        );
        for (const [i, sum] of sums.entries())
          expect((await sql<{ sum: number }>`select ${sum} as sum`.execute(db)).rows).toEqual([{ sum: i + 1 }]);
        expect(await kept()).toBeLessThanOrEqual(256);
        await expect(sql`select ${"x"}::bigint`.execute(db)).rejects.toThrow(/invalid input syntax/);
        expect(await double(21)).toBe(42);
      } finally {
        await db.destroy();
      }
    }));
});
