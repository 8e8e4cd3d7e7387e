import { randomUUID } from "node:crypto";
import { chmodSync, closeSync, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { InvariantError } from "@afterkeep/platform";
import { z } from "zod";
import { HighWaterFile, isRestored, readHighWater } from "./high-water.ts";
import { schema, upgrades } from "./schema.ts";

const markSchema = z.object({ instance: z.string(), counter: z.int(), epoch: z.int() });
const revisionSchema = z.object({ revision: z.int() });
const settingsSchema = z.object({ mode: z.enum(["real", "demo"]), factor: z.number() });
export type StoreSettings = z.infer<typeof settingsSchema>;

/** Called between the steps of a commit, so that a test can stop the process there. */
export type CommitStep = "begun" | "written" | "committed" | "marked";

/**
 * The keyholder's own database. All work is synchronous and runs in `commit`: nobody sees half a change, and what `commit`
 * returned is on disk.
 */
export class Store {
  readonly #database: DatabaseSync;
  readonly #highWater: HighWaterFile;
  readonly #onStep: (step: CommitStep) => void;
  readonly #prepared = new Map<string, StatementSync>();
  #isInCommit = false;
  #isShared = false;
  #mustForget = false;
  /** Of the present commit, which writes it together with its counter; null where it took none. */
  #revision: number | null = null;
  /** How those records are read of which the disk did not give a page when they were last asked for, by name. */
  readonly #unreadable = new Map<string, () => unknown>();
  /** True when the file is an older copy than the one that ran here before: the caller must hold (protocol §5, Restore). */
  readonly isRestored: boolean;
  /** The highest epoch that the mark beside the store remembers; 0 without one. */
  readonly markedEpoch: number;

  constructor(folder: string, settings: StoreSettings, onStep: (step: CommitStep) => void = () => {}) {
    this.#highWater = new HighWaterFile(folder);
    this.#onStep = onStep;
    this.#database = openDatabase(folder, settings);
    const mark = readHighWater(folder);
    this.isRestored = isRestored(mark, this.one("select instance, counter, epoch from keyholder", markSchema));
    this.markedEpoch = mark?.epoch ?? 0;
    requireSameSettings(this.one("select mode, factor from keyholder", settingsSchema), settings);
  }

  /** Whether commits are parts of a shared one now. */
  get isShared(): boolean {
    return this.#isShared;
  }

  /** Runs changes that commit by themselves elsewhere as parts of the present commit: each is undone alone where it throws. */
  share(changes: () => void): void {
    this.#isShared = true;
    try {
      changes();
    } finally {
      this.#isShared = false;
    }
  }

  /** Runs `change` in one transaction, which is on disk when this returns, or when the shared one does. A throw undoes all of it. */
  commit<Result>(change: () => Result): Result {
    if (this.#isShared) return this.attempt(change);
    if (this.#isInCommit) throw new InvariantError("commit-nested", "Something went wrong on our side.");
    this.#endLook();
    this.#isInCommit = true;
    try {
      this.#database.exec("begin immediate");
      this.#onStep("begun");
      const result = change();
      const mark = this.one(
        "update keyholder set counter = counter + 1, revision = coalesce(?, revision) returning instance, counter, epoch",
        markSchema,
        this.#revision,
      );
      this.#onStep("written");
      this.#database.exec("commit");
      this.#onStep("committed");
      this.#highWater.write(mark);
      this.#onStep("marked");
      this.#forgetOldPages();
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("rollback");
      throw error;
    } finally {
      this.#isInCommit = false;
      this.#revision = null;
    }
  }

  /** Runs one change among many of a commit: a throw undoes this one alone and is thrown on. Call inside a commit. */
  attempt<Result>(change: () => Result): Result {
    // Why asked: after the disk undid the commit, a savepoint would begin and end one of its own, which nobody is told of.
    if (!this.#database.isTransaction) throw new InvariantError("commit-lost", "Something went wrong on our side.");
    this.run("savepoint attempt");
    const revision = this.#revision;
    try {
      const result = change();
      this.run("release attempt");
      return result;
    } catch (error) {
      this.#revision = revision;
      // Why asked: an error of the disk has undone the whole commit already.
      if (this.#database.isTransaction) this.#database.exec("rollback to attempt; release attempt");
      throw error;
    }
  }

  /**
   * Reads much at one look, which a commit ends: the rest is read by itself. Why: for each read that stands alone SQLite takes its locks and looks through
   * its log anew, and that costs more than the reading.
   */
  look<Result>(read: () => Result): Result {
    if (this.#database.isTransaction) return read();
    this.#database.exec("begin");
    try {
      return read();
    } finally {
      this.#endLook();
    }
  }

  /** Why asked: an error of the disk can end it too. Why undone: SQLite refuses to commit where it met a page that the disk does not give, and nothing was written. */
  #endLook(): void {
    if (!this.#isInCommit && this.#database.isTransaction) this.#database.exec("rollback");
  }

  /** The newest revision of anything here, also of what the present commit has changed so far. */
  get revision(): number {
    return this.#revision ?? this.one("select revision from keyholder", revisionSchema).revision;
  }

  /** Call inside a commit. Why not written at once: a herd takes a revision for each of its switches. */
  set revision(revision: number) {
    if (!this.#isInCommit) throw new InvariantError("commit-missing", "Something went wrong on our side.");
    this.#revision = revision;
  }

  /** Tries whether a change can be written, and undoes it in any case. Throws where it cannot. */
  rehearse(change: () => void): void {
    const done = new Error("rehearsed");
    const undone = () => {
      change();
      throw done;
    };
    try {
      if (this.#isInCommit) this.attempt(undone);
      else this.commit(undone);
    } catch (error) {
      if (error !== done) throw error;
    }
  }

  /**
   * Reads one record among many. Why one whose page the disk does not give is not asked for again inside a commit: SQLite lets nothing more be written in a
   * transaction in which it met such a page, so one record would undo what is done for all others, each time anew.
   */
  readRecord<Row>(name: string, read: () => Row): Row {
    if (this.#unreadable.has(name) && this.#isInCommit && this.#database.isTransaction)
      throw new InvariantError("record-unreadable", "Something went wrong on our side.");
    try {
      const found = read();
      this.#unreadable.delete(name);
      return found;
    } catch (error) {
      if (isOfTheDisk(error)) this.#unreadable.set(name, read);
      throw error;
    }
  }

  /** Asks for them once more, outside of any commit: somebody may have mended the disk. */
  lookAgain(): void {
    for (const [name, read] of this.#unreadable) {
      try {
        this.readRecord(name, read);
      } catch {
        // As it was.
      }
    }
  }

  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).changes);
  }

  all<Row>(sql: string, row: z.ZodType<Row>, ...values: SQLInputValue[]): Row[] {
    return this.#prepare(sql)
      .all(...values)
      .map((found) => row.parse(found));
  }

  find<Row>(sql: string, row: z.ZodType<Row>, ...values: SQLInputValue[]): Row | null {
    const found = this.#prepare(sql).get(...values);
    return found === undefined ? null : row.parse(found);
  }

  one<Row>(sql: string, row: z.ZodType<Row>, ...values: SQLInputValue[]): Row {
    const found = this.find(sql, row, ...values);
    if (found === null) throw new InvariantError("row-missing", "Something went wrong on our side.", { cause: sql });
    return found;
  }

  /** After this commit, nothing of what it destroyed may be left in the write-ahead log. */
  forgetAfterCommit(): void {
    this.#mustForget = true;
  }

  close(): void {
    this.#highWater.close();
    if (this.#database.isOpen) this.#database.close();
  }

  #forgetOldPages(): void {
    if (!this.#mustForget) return;
    this.#mustForget = false;
    this.#database.exec("pragma wal_checkpoint(truncate)");
  }

  /** Why `limit +?` and never `limit ?` in what is prepared: SQLite plans by a bare limit's value, so it would compile the statement anew at each run. */
  #prepare(sql: string): StatementSync {
    // Why asked each time: after an error of the disk SQLite has undone the commit and is out of it. What came next would stand alone: a receipt without its statement.
    if (this.#isInCommit && !this.#database.isTransaction)
      throw new InvariantError("commit-lost", "Something went wrong on our side.");
    const prepared = this.#prepared.get(sql) ?? this.#database.prepare(sql);
    this.#prepared.set(sql, prepared);
    return prepared;
  }
}

/** Whether the disk did not give a page: by the primary result codes SQLITE_IOERR and SQLITE_CORRUPT, or because it undid the commit in which that was. */
export function isOfTheDisk(error: unknown): boolean {
  if (error instanceof InvariantError && error.code === "commit-lost") return true;
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : 0;
  return code === 10 || code === 11;
}

/** Whether the store could not take a change or read what it needs, and no rule refused it: also where the text of a record is damaged. */
export function isOfTheStore(error: unknown): boolean {
  return (
    error instanceof Error && ("errcode" in error || error instanceof InvariantError || error instanceof SyntaxError)
  );
}

function openDatabase(folder: string, settings: StoreSettings): DatabaseSync {
  const path = join(folder, "keyholder.sqlite");
  const isNew = !existsSync(path);
  if (isNew && readHighWater(folder) !== null) throw new StoreLostError();
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: true });
  // Why full: a receipt promises that what it says survives a power cut. 64 MiB of pages: due rows lie beside each other, feed and settling meet.
  database.exec(
    "pragma journal_mode = wal; pragma synchronous = full; pragma secure_delete = on; pragma busy_timeout = 2000; pragma cache_size = -65536",
  );
  if (!isCreated(database)) createTables(database, settings);
  else upgrade(database);
  return database;
}

function isCreated(database: DatabaseSync): boolean {
  return database.prepare("select 1 from sqlite_master where name = 'keyholder'").get() !== undefined;
}

function createTables(database: DatabaseSync, { mode, factor }: StoreSettings): void {
  database.exec("begin immediate");
  database.exec(schema);
  database
    .prepare("insert into keyholder values (1, ?, 0, 1, ?, ?, 0, 0, 0, 0, 0, '')")
    .run(randomUUID(), mode, factor);
  database.exec(`pragma user_version = ${upgrades.length}`);
  database.exec("commit");
}

const versionSchema = z.object({ user_version: z.int() });

function upgrade(database: DatabaseSync): void {
  const { user_version: version } = versionSchema.parse(database.prepare("pragma user_version").get());
  if (version > upgrades.length) throw new StoreNewerError();
  for (const [index, change] of upgrades.entries()) {
    if (index >= version) database.exec(`begin immediate; ${change} pragma user_version = ${index + 1}; commit`);
  }
}

function requireSameSettings(stored: StoreSettings, wanted: StoreSettings): void {
  if (stored.mode === wanted.mode && stored.factor === wanted.factor) return;
  throw new InvariantError(
    "mode-fixed",
    `This keyholder was created in ${stored.mode} mode with factor ${stored.factor} and never runs in another.`,
    { next: "Use another data folder for the other mode." },
  );
}

/** The keys and the mark are here, the store is not: starting afresh would forget every accepted statement. */
class StoreLostError extends InvariantError {
  constructor() {
    super("store-lost", "The keyholder's store is missing although this keyholder ran before.", {
      next: "Put a backup of keyholder.sqlite back. The keyholder will hold everything until the owners return.",
    });
  }
}

/** Why never on with it: what a later version wrote and this one does not know, a freeze perhaps, would end unseen. */
class StoreNewerError extends InvariantError {
  constructor() {
    super("store-newer", "The keyholder's store was written by a later version of this software.", {
      next: "Start that version again.",
    });
  }
}
