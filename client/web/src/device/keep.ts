const storeName = "kept";

function asPromise<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the browser could not read its own store"));
  });
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open("afterkeep", 1);
  request.onupgradeneeded = () => request.result.createObjectStore(storeName);
  return asPromise(request);
}

let database: Promise<IDBDatabase> | null = null;

async function storeFor(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  database ??= openDatabase();
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
  const done = new Promise<void>((resolve, reject) => {
    store.transaction.oncomplete = () => resolve();
    store.transaction.onabort = () =>
      reject(store.transaction.error ?? new Error("the browser could not keep a value"));
  });
  store.put(value, name);
  await done;
}

/** Asks the browser not to evict what is kept here when space runs short. It may say no. */
export async function askToKeep(): Promise<void> {
  if (typeof navigator.storage?.persist === "function") await navigator.storage.persist();
}
