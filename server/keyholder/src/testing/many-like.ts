import { newId } from "@afterkeep/bytes";
import type { TestKeyholder } from "./a-keyholder.ts";
import type { Owner } from "./an-owner.ts";
import { inStore } from "./in-store.ts";

/** Many switches like one that was armed the long way, all due at the same moments. */
export async function manyLike(test: TestKeyholder, owner: Owner, b: string, count: number): Promise<string[]> {
  test.stop();
  const others = Array.from({ length: count }, () => newId(test.clock.nowMs()));
  inStore(test, (database) => {
    database.exec("begin");
    for (const [place, other] of others.entries())
      for (const [table, columns] of [
        [
          "bequest",
          "history, last_call_tried_at, wake, shown, revision + 1 + :place, call_at, events_known, missed_at",
        ],
        ["bound_policy", "policy"],
        ["manifest", "g, mseq, hash, accepted_at"],
      ])
        database
          .prepare(
            `insert into ${table} select account, :other, ${columns} from ${table} where account = :account and b = :b`,
          )
          .run({ other, account: owner.account, b, ...(table === "bequest" ? { place } : {}) });
    database.prepare("update keyholder set revision = revision + ?").run(count + 1);
    database.exec("commit");
  });
  await test.start();
  return others;
}
