import { isCancelled } from "../words/error-in-words.ts";

/** Something that can be played without holding it. */
export type Playable = {
  /** A media type that players are given. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  /** Verified bytes [from, to). */
  read(from: number, to: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
};

/** The most that is read for one question, bytes; as the worker asks. */
const pieceBytes = 2 ** 18;

/**
 * Answers our worker's questions for one answer of a player, until `closed`: first what it is, then each piece that the player takes. What
 * cannot be read fails the answer there, and is told to `onProblem`; null when a piece could be read.
 */
export function answerPlayer(
  port: MessagePort,
  { type, size, read }: Playable,
  { closed, onProblem }: { closed: AbortSignal; onProblem: (problem: unknown) => void },
): void {
  if (closed.aborted) return port.close();
  const stopping = new AbortController();
  const { signal } = stopping;
  const end = (): void => {
    stopping.abort();
    port.close();
  };
  const pass = async (from: number, to: number): Promise<void> => {
    try {
      const piece = await read(from, Math.min(to, from + pieceBytes), signal);
      if (signal.aborted) return;
      port.postMessage(piece, [piece.buffer]);
      onProblem(null);
    } catch (error) {
      if (signal.aborted) return;
      port.postMessage("failed");
      end();
      if (!isCancelled(error)) onProblem(error);
    }
  };
  port.addEventListener("message", ({ data }) => {
    if (data === "over") end();
    else void pass(Number(data.from), Number(data.to));
  });
  closed.addEventListener("abort", end, { signal });
  port.start();
  port.postMessage({ type, size });
}
