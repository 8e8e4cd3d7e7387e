import { feedWorker } from "./feed-worker.ts";
import { oneTimeId, savingScope } from "./saving-worker.ts";

/** Shorter than the half minute after which browsers end a worker that hears nothing. */
const awakeMs = 10_000;

/**
 * Streams a download through our own worker, which answers one address once. Resolves when the browser has taken every byte; a failing
 * stream fails the download, so that no part of it is left as if it were whole. `size` in bytes, exact; null where nobody knows it yet.
 */
export async function saveThroughWorker(
  worker: ServiceWorker,
  stream: ReadableStream<Uint8Array>,
  { name, size }: { name: string; size: number | null },
): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const id = oneTimeId();
  const awake = setInterval(() => worker.postMessage("awake"), awakeMs);
  try {
    const fed = feedWorker(stream, port1, () => openFrame(`${savingScope}${id}`));
    worker.postMessage({ id, name, size }, [port2]);
    await fed;
  } finally {
    clearInterval(awake);
    port1.close();
  }
}

/** Why a frame and not this page: where the worker does not answer, the page must stay as it is, and open. */
function openFrame(address: string): void {
  const frame = document.createElement("iframe");
  frame.hidden = true;
  frame.src = address;
  document.body.append(frame);
  setTimeout(() => frame.remove(), 60_000);
}
