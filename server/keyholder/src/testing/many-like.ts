import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { newId } from "@afterkeep/bytes";
import type { TestKeyholder } from "./a-keyholder.ts";
import type { Owner } from "./an-owner.ts";

/** Works on a store beside the keyholder that runs on it. */
export function inStore<Result>(test: TestKeyholder, work: (database: DatabaseSync) => Result): Result {
  const database = new DatabaseSync(join(test.folder, "keyholder.sqlite"));
  try {
    return work(database);
  } finally {
    database.close();
  }
}

/** Many switches like one that was armed the long way, all due at the same moments. */
export async function manyLike(test: TestKeyholder, owner: Owner, b: string, count: number): Promise<string[]> {
  test.stop();
  const others = Array.from({ length: count }, () => newId(test.clock.nowMs()));
  inStore(test, (database) => {
    database.exec("begin");
    for (const [place, other] of others.entries())
      for (const [table, columns] of [
        ["bequest", "history, last_call_tried_at, wake, shown, revision + 1 + :place, call_at, events_known"],
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
