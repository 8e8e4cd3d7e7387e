import { SdkError } from "@afterkeep/sdk";

/** Until the browser asks for the first piece, ms. */
const beginMs = 15_000;
/** Between two pieces, ms. Why so long: a person may pause a download, and a disk may be slow. */
const pauseMs = 600_000;

/**
 * Bytes of a piece. Why small: the worker's spent pieces are collected by their number too; of a mebibyte each, hundreds of megabytes gather.
 */
const pieceBytes = 65_536;

/** Does something after `ms`, unless it is called off. */
export type After = (ms: number, act: () => void) => () => void;

const afterReally: After = (ms, act) => {
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
};

/**
 * Answers each "pull" of the worker with one piece; `begin` is called once it is ready. Resolves when it was given every piece. Rejects with
 * the stream's own error, or when nothing is heard of the worker for long: browsers end one without a word, for a newer one too.
 */
export function feedWorker(
  stream: ReadableStream<Uint8Array>,
  port: MessagePort,
  begin: () => void,
  after: After = afterReally,
): Promise<void> {
  const reader = stream.getReader();
  let held: Uint8Array = new Uint8Array(0);
  /** Null at the end. */
  const nextPiece = async (): Promise<Uint8Array<ArrayBuffer> | null> => {
    while (held.length === 0) {
      const { done, value } = await reader.read();
      if (done) return null;
      held = value;
    }
    const piece = held.slice(0, pieceBytes);
    held = held.subarray(piece.length);
    return piece;
  };
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      callOff();
      port.postMessage("fail");
      void reader.cancel(error).catch(() => {});
      reject(error);
    };
    let callOff = after(beginMs, () => fail(notTaken()));
    const pass = async (): Promise<void> => {
      callOff();
      const piece = await nextPiece();
      if (piece === null) {
        port.postMessage("end");
        return resolve();
      }
      port.postMessage(piece, [piece.buffer]);
      callOff = after(pauseMs, () => fail(brokenOff()));
    };
    port.addEventListener("message", ({ data }) => {
      if (data === "ready") return begin();
      if (data === "pull") pass().catch(fail);
      else fail(new DOMException("The download was stopped in the browser.", "AbortError"));
    });
    port.start();
  });
}

function notTaken(): SdkError {
  return new SdkError("saving-failed", "This browser did not take the download, so nothing was saved.", {
    next: "Try again, or use another browser for large files.",
  });
}

function brokenOff(): SdkError {
  return new SdkError(
    "saving-failed",
    "This browser took nothing more of the download for ten minutes, so it was ended.",
    {
      next: "Remove what was saved of it, it is not complete; then download it again.",
    },
  );
}
