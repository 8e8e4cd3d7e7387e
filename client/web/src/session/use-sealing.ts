import { useEffect, useState, useSyncExternalStore } from "react";
import { forgetOutcome, readSealing, watchSealing, type Sealing } from "./sealing.ts";

const stalledMs = 12_000;

export function useSealing(): Sealing {
  return useSyncExternalStore(watchSealing, readSealing);
}

/** For the pages that say what became of a sealing: once such a page is left, it was said. */
export function useForgetOutcome(): void {
  useEffect(() => forgetOutcome, []);
}

/** Nothing moved for a while: the connection is slow or lost. */
export function useStalled({ busy, progress }: Sealing): boolean {
  const done = progress?.allDoneBytes ?? 0;
  const [stalledAt, setStalledAt] = useState<number | null>(null);
  useEffect(() => {
    const timer = busy ? setTimeout(() => setStalledAt(done), stalledMs) : undefined;
    return () => clearTimeout(timer);
  }, [busy, done]);
  return busy && stalledAt === done;
}
