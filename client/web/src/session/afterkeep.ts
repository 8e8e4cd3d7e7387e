import { createAfterkeep } from "@afterkeep/sdk";
import { browserDeviceKey } from "../device/device-key.ts";
import { fetchFromDisk } from "../device/fetch-from-disk.ts";
import { createBrowserStore } from "../device/profile-store.ts";
import { browserUploadJournal } from "../device/upload-journal.ts";
import { browserUploadLocks } from "../device/upload-locks.ts";

export const store = createBrowserStore();

/** The one client of this page. Cookies carry the session; the root key never leaves this page's memory. */
export const afterkeep = createAfterkeep({
  serverUrl: location.origin,
  channel: "cookie",
  fetch: fetchFromDisk,
  store,
  deviceKey: browserDeviceKey,
  journal: browserUploadJournal,
  locks: browserUploadLocks,
});
