import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { TestKeyholder } from "./a-keyholder.ts";

/** Looks into what a keyholder wrote, or changes it, beside the process that has it open. */
export function inStore<Result>(test: TestKeyholder, work: (database: DatabaseSync) => Result): Result {
  const database = new DatabaseSync(join(test.folder, "keyholder.sqlite"));
  try {
    return work(database);
  } finally {
    database.close();
  }
}
