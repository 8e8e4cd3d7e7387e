import { asPromise, committed, openDatabase } from "./database.ts";

const storeName = "kept";
let database: Promise<IDBDatabase> | null = null;

async function storeFor(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  database ??= openDatabase("afterkeep", [storeName]);
  // Why strict: a counter that is lost with a power cut would let an old receipt pass for a new one.
  return (await database).transaction(storeName, mode, { durability: "strict" }).objectStore(storeName);
}

/** What this browser remembers, by name. The values were written by this page, but by any version of it. */
export async function readKept(name: string): Promise<unknown> {
  return asPromise((await storeFor("readonly")).get(name));
}

/** Resolves when the browser says that the value is on disk. */
export async function writeKept(name: string, value: unknown): Promise<void> {
  const store = await storeFor("readwrite");
  const done = committed(store.transaction);
  store.put(value, name);
  await done;
}

/** Asks the browser not to evict what is kept here when space runs short. It may say no. */
export async function askToKeep(): Promise<void> {
  if (typeof navigator.storage?.persist === "function") await navigator.storage.persist();
}
