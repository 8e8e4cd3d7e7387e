import type { SealItem, SealProgress } from "@afterkeep/sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { browserClock } from "../../device/browser-clock.ts";
import { afterkeep } from "../../session/afterkeep.ts";
import { documentsQuery } from "../../session/queries.ts";
import { calmProgress } from "../../words/calm-progress.ts";
import { isCancelled } from "../../words/error-in-words.ts";

/** One sealing at a time, with progress and a way to stop it. Stopped or failed: nothing of it is in the vault. */
export function useSeal() {
  const client = useQueryClient();
  const stop = useRef<AbortController | null>(null);
  const [progress, setProgress] = useState<SealProgress | null>(null);
  const sealing = useMutation({
    mutationFn: async (items: SealItem[]) => {
      const controller = new AbortController();
      stop.current = controller;
      return afterkeep.seal(items, {
        signal: controller.signal,
        onProgress: calmProgress(setProgress, browserClock.nowMs),
      });
    },
    onSettled: async () => {
      setProgress(null);
      await client.invalidateQueries({ queryKey: documentsQuery.queryKey });
    },
  });
  return {
    busy: sealing.isPending,
    progress,
    added: sealing.data?.length ?? 0,
    cancelled: sealing.isError && isCancelled(sealing.error),
    error: sealing.error,
    seal: (items: SealItem[]) => sealing.mutate(items),
    cancel: () => stop.current?.abort(),
  };
}
