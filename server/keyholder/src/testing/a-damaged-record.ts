import type { TestKeyholder } from "./a-keyholder.ts";
import { inStore } from "./in-store.ts";

/** Makes a record unreadable; what is returned puts it back as it was, as somebody who mends it by hand would. */
export function damage(test: TestKeyholder, b: string): () => void {
  const history = inStore(test, (db) =>
    String(db.prepare("select history from bequest where b = ?").get(b)?.["history"]),
  );
  const write = (to: string) =>
    inStore(test, (db) => void db.prepare("update bequest set history = ? where b = ?").run(to, b));
  write(history.slice(0, -1));
  return () => write(history);
}
