import { DatabaseSync as RealDatabase } from "node:sqlite";
import { openConnections } from "./open-connections.ts";

/*
 * In place of node:sqlite for the keyholder's store in most simulated runs: the same SQLite and file, without waiting for a disk and
 * without locks. A process that dies loses what it did not commit, as ever; that a power cut loses no more is tested with the real one.
 */

const quick = "pragma locking_mode = exclusive; pragma journal_mode = memory; pragma synchronous = off";

export class DatabaseSync extends RealDatabase {
  readonly #path: string;

  constructor(path: string, options: ConstructorParameters<typeof RealDatabase>[1]) {
    openConnections.get(path)?.close();
    super(path, options);
    this.#path = path;
    openConnections.set(path, this);
  }

  override exec(sql: string): void {
    super.exec(sql.startsWith("pragma journal_mode") ? quick : sql);
  }

  override close(): void {
    openConnections.delete(this.#path);
    super.close();
  }
}
