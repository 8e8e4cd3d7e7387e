import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Breaks what a running keyholder wrote of one bequest, as a bad disk does; what is returned puts it back. */
export function damageRecord(folder: string, b: string): () => void {
  const store = new DatabaseSync(join(folder, "keyholder.sqlite"));
  store.exec("pragma busy_timeout = 5000");
  const history = String(store.prepare("select history from bequest where b = ?").get(b)?.["history"]);
  const write = store.prepare("update bequest set history = ? where b = ?");
  write.run(history.slice(1), b);
  return () => {
    write.run(history, b);
    store.close();
  };
}
