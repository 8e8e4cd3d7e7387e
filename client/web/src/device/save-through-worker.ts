import { encodeBase64url } from "@afterkeep/bytes";
import { feedWorker, notTaken } from "./feed-worker.ts";

const script = "/saving/worker.js";
const scope = "/saving/";
/** Shorter than the half minute after which browsers end a worker that hears nothing. */
const awakeMs = 10_000;

export function hasSavingWorker(): boolean {
  return isSecureContext && "serviceWorker" in navigator;
}

/**
 * Streams a download through a worker of our own that answers one address once. Resolves when the browser has taken every byte;
 * a failing stream fails the download, so that no part of it is left as if it were whole. `size` in bytes, exact.
 */
export async function saveThroughWorker(
  stream: ReadableStream<Uint8Array>,
  { name, size }: { name: string; size: number },
): Promise<void> {
  const worker = await startWorker();
  const { port1, port2 } = new MessageChannel();
  const id = encodeBase64url(crypto.getRandomValues(new Uint8Array(16)));
  const awake = setInterval(() => worker.postMessage("awake"), awakeMs);
  try {
    const fed = feedWorker(stream, port1, () => openFrame(`${scope}${id}`));
    worker.postMessage({ id, name, size }, [port2]);
    await fed;
  } finally {
    clearInterval(awake);
    port1.close();
  }
}

async function startWorker(): Promise<ServiceWorker> {
  try {
    const registration = await navigator.serviceWorker.register(script, { scope, updateViaCache: "none" });
    return registration.active ?? (await activated(registration.installing ?? registration.waiting));
  } catch (error) {
    throw notTaken(error);
  }
}

function activated(worker: ServiceWorker | null): Promise<ServiceWorker> {
  return new Promise((resolve, reject) => {
    if (worker === null) return reject(new TypeError("no worker was installed"));
    worker.addEventListener("statechange", () => {
      if (worker.state === "activated") resolve(worker);
      if (worker.state === "redundant") reject(new TypeError("the worker was not installed"));
    });
  });
}

/** Why a frame and not this page: where the worker does not answer, the page must stay as it is, and open. */
function openFrame(address: string): void {
  const frame = document.createElement("iframe");
  frame.hidden = true;
  frame.src = address;
  document.body.append(frame);
  setTimeout(() => frame.remove(), 60_000);
}
