import { encodeBase64url } from "@afterkeep/bytes";
import { SdkError } from "@afterkeep/sdk";

const script = "/saving/worker.js";
const scope = "/saving/";
/** Shorter than the half minute after which browsers end a worker that hears nothing. */
const awakeMs = 10_000;
const patienceMs = 15_000;

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
    const fed = feed(stream, port1, () => openFrame(`${scope}${id}`));
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

/** Answers each "pull" of the worker with one piece. Rejects with the stream's own error, or when nobody asks for the first piece. */
function feed(stream: ReadableStream<Uint8Array>, port: MessagePort, begin: () => void): Promise<void> {
  const reader = stream.getReader();
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      port.postMessage("fail");
      void reader.cancel(error).catch(() => {});
      reject(error);
    };
    const slow = setTimeout(() => fail(notTaken()), patienceMs);
    const pass = async (): Promise<void> => {
      const { done, value } = await reader.read();
      if (done) {
        port.postMessage("end");
        return resolve();
      }
      const piece = new Uint8Array(value);
      port.postMessage(piece, [piece.buffer]);
    };
    port.addEventListener("message", ({ data }) => {
      if (data === "ready") return begin();
      clearTimeout(slow);
      if (data === "pull") pass().catch(fail);
      else fail(new DOMException("The download was stopped in the browser.", "AbortError"));
    });
    port.start();
  });
}

function notTaken(cause?: unknown): SdkError {
  return new SdkError("saving-failed", "This browser did not take the download, so nothing was saved.", {
    next: "Try again, or use another browser for large files.",
    cause,
  });
}
