import { type DocumentInfo, readAll, RefusedError } from "@afterkeep/sdk";
import { useEffect, useState } from "react";
import { openPlayer, type Player } from "../../device/open-player.ts";
import { isSignedOut } from "../../words/error-in-words.ts";
import { plainType } from "../../words/view-of.ts";
import type { DocumentReader } from "./document-reader.ts";

type Playing = {
  /** Null while it is being opened, `none` where this browser cannot play piece by piece. */
  readonly address: string | null;
  /** Why the player gets nothing just now. */
  readonly problem: unknown;
  /** What it got is not what was sealed, or may not be read any more: the player is gone. */
  readonly isOver: boolean;
};

const opening: Playing = { address: null, problem: null, isOver: false };

/** A player for a document, which ends when it is shown no more. */
export function usePlayer(document: DocumentInfo, reader: DocumentReader, kind: "film" | "sound"): Playing {
  const [playing, setPlaying] = useState(opening);
  const { size, type } = document;
  useEffect(() => {
    let player: Player | null = null;
    let isGone = false;
    const ranges = reader.ranges();
    ranges.catch(() => undefined);
    const onProblem = (problem: unknown): void => {
      const isOver = problem instanceof RefusedError || isSignedOut(problem);
      if (isOver) player?.close();
      setPlaying((now) => (now.isOver ? now : { ...now, problem, isOver }));
    };
    const read = async (from: number, to: number, signal: AbortSignal) => readAll((await ranges)({ from, to, signal }));
    setPlaying(opening);
    void openPlayer(kind, { type: plainType(type), size, read }, onProblem).then((opened) => {
      player = opened;
      if (isGone) player?.close();
      else setPlaying({ ...opening, address: opened?.address ?? "none" });
    });
    return () => {
      isGone = true;
      player?.close();
    };
  }, [kind, reader, size, type]);
  return playing;
}
