import { answerPlayer, type Playable } from "./answer-player.ts";
import { findSavingWorker, oneTimeId, savingScope } from "./saving-worker.ts";

export type Player = {
  /** Of a page of our worker's own, with the player in it and nothing else; for a frame in this page. */
  readonly address: string;
  /** From here on nothing is answered any more. */
  close(): void;
};

/**
 * Plays through our own worker: whatever the player asks for is read, verified and handed over at that moment, and only while this page is
 * open and the player is not closed. Null where there is no worker.
 */
export async function openPlayer(
  kind: "film" | "sound",
  playable: Playable,
  onProblem: (problem: unknown) => void,
): Promise<Player | null> {
  if ((await findSavingWorker()) === null) return null;
  const id = oneTimeId();
  const closing = new AbortController();
  const { signal: closed } = closing;
  const hear = ({ data, ports: [port] }: MessageEvent): void => {
    if (data?.plays === id && port !== undefined) answerPlayer(port, playable, { closed, onProblem });
  };
  navigator.serviceWorker.addEventListener("message", hear, { signal: closed });
  return { address: `${savingScope}${kind}/${id}/`, close: () => closing.abort() };
}
