import { resolve } from "node:path";
import { type CheckInResult, createAfterkeep, delegateStore, readDelegateKey, writeDelegateKey } from "@afterkeep/sdk";
import { leanFetch } from "./lean-fetch.ts";
import { readPrivateText, writeDurably } from "./private-file.ts";

/** Checks in with the key of a file alone: nothing else of this device is read or written. */
export async function checkInWithKey(file: string, server: string | undefined): Promise<CheckInResult> {
  const path = resolve(file);
  const key = readDelegateKey(await readPrivateText(path));
  const store = delegateStore(key, (next) => writeDurably(path, writeDelegateKey(next)));
  const serverUrl = (server ?? key.server).replace(/\/+$/, "");
  const afterkeep = createAfterkeep({ serverUrl, channel: "bearer", store, fetch: leanFetch });
  return afterkeep.checkInByDelegate();
}
