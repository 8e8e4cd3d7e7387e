import { chmodSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { leafHash, nodeHash } from "@afterkeep/merkle";

/** A leaf as the database holds it: its row's id and its bytes. */
export type StoredLeaf = { leafId: number; data: Uint8Array };
/** The last tree head that was signed: a C2SP signed note over size and root. */
export type SignedHead = { size: number; root: Uint8Array; checkpoint: string };
export type Alarm = { code: string; atMs: number };

/**
 * The auditor's own memory, in a file that no other zone reaches: every leaf in order, the hashes of all complete subtrees, the
 * last signed head. One writer.
 */
export type LogStore = {
  size(): number;
  leafAt(index: number): (StoredLeaf & { hash: Uint8Array }) | null;
  /** The bytes of consecutive leaves. Throws when one of them is not in the tree. */
  leavesFrom(index: number, count: number): Uint8Array[];
  hasLeaf(leafId: number): boolean;
  /** The place of a leaf by its hash; null when there is none. */
  indexOf(hash: Uint8Array): number | null;
  /** The hash of the complete subtree over leaves [index·2^level, (index+1)·2^level). Throws when it is not complete. */
  readonly nodeAt: (level: number, index: number) => Uint8Array;
  /** The same for consecutive ones of a level. */
  nodesFrom(level: number, index: number, count: number): Uint8Array[];
  /** Appends in order; on the disk when this returns. */
  append(leaves: readonly StoredLeaf[]): void;
  head(): SignedHead | null;
  saveHead(head: SignedHead): void;
  /** A fixed text, written once: the first value stays. */
  remember(name: string, value: string): string;
  alarm(): Alarm | null;
  saveAlarm(alarm: Alarm | null): void;
  close(): void;
};

const schema = `
  pragma journal_mode = wal;
  pragma synchronous = full;
  create table if not exists leaf (place integer primary key, leaf_id integer not null unique, hash blob not null, data blob not null) strict;
  create index if not exists leaf_by_hash on leaf (hash);
  create table if not exists node (level integer, place integer, hash blob not null, primary key (level, place)) strict, without rowid;
  create table if not exists head (only integer primary key check (only = 1), size integer not null, root blob not null, checkpoint text not null) strict;
  create table if not exists fact (name text primary key, value text not null) strict;
  create table if not exists alarm (only integer primary key check (only = 1), code text not null, at_ms integer not null) strict;
`;

export function openLogStore(path: string): LogStore {
  const db = new DatabaseSync(path);
  if (path !== ":memory:") chmodSync(path, 0o600);
  db.exec(schema);
  const nodes = nodeTable(db);
  const count = db.prepare("select coalesce(max(place) + 1, 0) as size from leaf");
  const size = () => Number(count.get()?.["size"]);
  const insertLeaf = db.prepare("insert into leaf (place, leaf_id, hash, data) values (?, ?, ?, ?)");
  const appendOne = (leaf: StoredLeaf, place: number, newest: Newest) => {
    const hash = leafHash(leaf.data);
    insertLeaf.run(place, leaf.leafId, hash, leaf.data);
    nodes.completeAt(place, hash, newest);
  };
  return {
    ...leafQueries(db),
    ...factTables(db),
    size,
    nodeAt: nodes.at,
    nodesFrom: nodes.from,
    append: (leaves) =>
      inTransaction(db, () => {
        const first = size();
        const newest: Newest = [];
        for (const [offset, leaf] of leaves.entries()) appendOne(leaf, first + offset, newest);
      }),
    close: () => db.close(),
  };
}

function leafQueries(db: DatabaseSync): Pick<LogStore, "leafAt" | "leavesFrom" | "hasLeaf" | "indexOf"> {
  const byPlace = db.prepare("select leaf_id, hash, data from leaf where place = ?");
  const byPlaces = db.prepare("select data from leaf where place >= ? and place < ? order by place");
  const byId = db.prepare("select 1 from leaf where leaf_id = ?");
  const byHash = db.prepare("select place from leaf where hash = ? order by place limit 1");
  return {
    leafAt: (index) => {
      const row = byPlace.get(index);
      return row === undefined
        ? null
        : { leafId: Number(row["leaf_id"]), hash: blob(row["hash"]), data: blob(row["data"]) };
    },
    leavesFrom: (index, count) => blobs(byPlaces.all(index, index + count), "data", count),
    hasLeaf: (leafId) => byId.get(leafId) !== undefined,
    indexOf: (hash) => {
      const row = byHash.get(hash);
      return row === undefined ? null : Number(row["place"]);
    },
  };
}

/** The newest node of each level that one appending made. It ends with it: what is rolled back must not be built upon. */
type Newest = Uint8Array[];

function nodeTable(db: DatabaseSync) {
  const select = db.prepare("select hash from node where level = ? and place = ?");
  const selectMany = db.prepare("select hash from node where level = ? and place >= ? and place < ? order by place");
  const insert = db.prepare("insert into node (level, place, hash) values (?, ?, ?)");
  const at = (level: number, place: number) => blob(select.get(level, place)?.["hash"]);
  const from = (level: number, place: number, count: number) =>
    blobs(selectMany.all(level, place, place + count), "hash", count);
  // Each right child completes its parent, and so on upwards: two nodes a leaf on average.
  const completeAt = (place: number, hash: Uint8Array, newest: Newest) => {
    insert.run(0, place, hash);
    let [level, index, node] = [0, place, hash];
    while (index % 2 === 1) {
      node = nodeHash(newest[level] ?? at(level, index - 1), node);
      [level, index] = [level + 1, (index - 1) / 2];
      insert.run(level, index, node);
    }
    newest[level] = node;
  };
  return { at, from, completeAt };
}

function factTables(db: DatabaseSync): Pick<LogStore, "head" | "saveHead" | "remember" | "alarm" | "saveAlarm"> {
  const keep = db.prepare("insert into fact (name, value) values (?, ?) on conflict do nothing");
  const recall = db.prepare("select value from fact where name = ?");
  const getHead = db.prepare("select size, root, checkpoint from head");
  // Why `>=`: whatever goes wrong above, a smaller tree is never signed after a larger one.
  const putHead = db.prepare(`insert into head (only, size, root, checkpoint) values (1, ?, ?, ?)
    on conflict (only) do update set size = excluded.size, root = excluded.root, checkpoint = excluded.checkpoint
    where excluded.size >= head.size`);
  const getAlarm = db.prepare("select code, at_ms from alarm");
  const putAlarm = db.prepare("insert or replace into alarm (only, code, at_ms) values (1, ?, ?)");
  return {
    head: () => {
      const row = getHead.get();
      return row === undefined
        ? null
        : { size: Number(row["size"]), root: blob(row["root"]), checkpoint: String(row["checkpoint"]) };
    },
    saveHead: (head) => {
      if (putHead.run(head.size, head.root, head.checkpoint).changes !== 1)
        throw new Error("a smaller head after a larger one");
    },
    remember: (name, value) => {
      keep.run(name, value);
      return String(recall.get(name)?.["value"]);
    },
    alarm: () => {
      const row = getAlarm.get();
      return row === undefined ? null : { code: String(row["code"]), atMs: Number(row["at_ms"]) };
    },
    saveAlarm: (alarm) => {
      if (alarm === null) db.exec("delete from alarm");
      else putAlarm.run(alarm.code, alarm.atMs);
    },
  };
}

function inTransaction(db: DatabaseSync, work: () => void): void {
  db.exec("begin immediate");
  try {
    work();
    db.exec("commit");
  } catch (error) {
    db.exec("rollback");
    throw error;
  }
}

function blob(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new RangeError("not in the tree");
  return value;
}

function blobs(rows: readonly Record<string, unknown>[], name: string, count: number): Uint8Array[] {
  if (rows.length !== count) throw new RangeError("not in the tree");
  return rows.map((row) => blob(row[name]));
}
