import type { DocumentInfo } from "@afterkeep/sdk";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { browserClock } from "../../device/browser-clock.ts";
import { chooseSaveTarget } from "../../device/save-file.ts";
import { calmProgress } from "../../words/calm-progress.ts";
import type { DocumentReader } from "./document-reader.ts";

/** Saving to disk with progress and a way to stop it. Failed or stopped: no file is left that looks whole. */
export function useDownload(document: DocumentInfo, reader: DocumentReader) {
  const stop = useRef<AbortController | null>(null);
  const [progress, setProgress] = useState({ done: 0, total: document.size });
  const save = useMutation({
    mutationFn: async () => {
      const target = await chooseSaveTarget(document.name, document.size);
      stop.current = new AbortController();
      const report = (done: number, total: number): void => setProgress({ done, total });
      const onProgress = calmProgress(report, browserClock.nowMs);
      await target.save(await reader.stream({ signal: stop.current.signal, onProgress }), document.type);
    },
  });
  return { save, progress, cancel: () => stop.current?.abort() };
}
