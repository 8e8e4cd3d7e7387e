import { encodeBase64url } from "@afterkeep/bytes";

const script = "/saving/worker.js";
/** Below it lie the addresses that our worker answers, and nothing else. */
export const savingScope = "/saving/";

/**
 * Our own service worker, ready to be spoken to; null where this browser gives us none: pages that are not served securely, private
 * windows, a script that does not load. Then things are gathered in the page.
 */
export async function findSavingWorker(): Promise<ServiceWorker | null> {
  if (!isSecureContext || !("serviceWorker" in navigator)) return null;
  try {
    const registration = await navigator.serviceWorker.register(script, { scope: savingScope, updateViaCache: "none" });
    // Why: browsers look for a newer one only after the older one has answered, and page and worker must be of one version.
    await registration.update().catch(() => undefined);
    return (await activated(registration.installing ?? registration.waiting)) ?? registration.active;
  } catch {
    return null;
  }
}

/** Nobody guesses it, and it is used for one thing only. */
export function oneTimeId(): string {
  return encodeBase64url(crypto.getRandomValues(new Uint8Array(16)));
}

function activated(worker: ServiceWorker | null): Promise<ServiceWorker | null> {
  return new Promise((resolve) => {
    if (worker === null) return resolve(null);
    worker.addEventListener("statechange", () => {
      if (worker.state === "activated") resolve(worker);
      if (worker.state === "redundant") resolve(null);
    });
  });
}
