import type { Release, UploadLocks } from "@afterkeep/sdk";

const prefix = "afterkeep-upload/";

/** Holds uploads across the tabs of this browser; the browser itself lets go of what a closed or crashed tab held. Source: Web Locks API. */
export const browserUploadLocks: UploadLocks = {
  tryHold: (ver) =>
    new Promise<Release | null>((resolve, reject) => {
      const held = navigator.locks.request(prefix + ver, { ifAvailable: true }, (lock) => {
        if (lock === null) return resolve(null);
        return new Promise<void>((letGo) =>
          resolve(async () => {
            letGo();
            await held;
          }),
        );
      });
      held.catch(reject);
    }),
  listHeld: async () => {
    const { held = [] } = await navigator.locks.query();
    const names = held.map(({ name = "" }) => name).filter((name) => name.startsWith(prefix));
    return new Set(names.map((name) => name.slice(prefix.length)));
  },
};
