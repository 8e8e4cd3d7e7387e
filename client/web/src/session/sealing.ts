import type { DocumentInfo, SealItem, SealProgress } from "@afterkeep/sdk";
import { browserClock } from "../device/browser-clock.ts";
import { forgetHandles } from "../device/upload-journal.ts";
import { keepAwake } from "../device/keep-awake.ts";
import { calmProgress } from "../words/calm-progress.ts";
import { isCancelled, isSignedOut } from "../words/error-in-words.ts";
import { afterkeep } from "./afterkeep.ts";
import { lockVault } from "./lock-vault.ts";
import { queryClient } from "./query-client.ts";
import { accountQuery, pendingUploadsQuery, vaultQuery } from "./queries.ts";

export type SealingOutcome =
  | {
      readonly kind: "added";
      readonly documents: readonly DocumentInfo[];
      readonly restarted: readonly string[];
      /** What to say of bequests that could not follow. */
      readonly notFollowed: readonly string[];
    }
  | { readonly kind: "cancelled" }
  | { readonly kind: "failed"; readonly error: unknown };

export type Sealing = {
  readonly busy: boolean;
  readonly progress: SealProgress | null;
  /** Of the last one; null while one is under way and before the first. */
  readonly outcome: SealingOutcome | null;
};

const idle: Sealing = { busy: false, progress: null, outcome: null };
let state = idle;
let stop: AbortController | null = null;
const listeners = new Set<() => void>();

function become(next: Sealing): void {
  state = next;
  for (const listener of listeners) listener();
}

export function readSealing(): Sealing {
  return state;
}

export function watchSealing(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/**
 * One sealing at a time for the whole page, so that it goes on while its owner looks at something else. Answers what was sealed, or
 * null where it was stopped, failed, or another one is under way; the outcome says which.
 */
export async function startSealing(prepare: () => Promise<SealItem[]>): Promise<readonly DocumentInfo[] | null> {
  if (state.busy) return null;
  const controller = new AbortController();
  stop = controller;
  become({ busy: true, progress: null, outcome: null });
  const letSleep = keepAwake();
  addEventListener("beforeunload", askToStay);
  const sources: string[] = [];
  const prepareNoting = async (): Promise<SealItem[]> => {
    const items = await prepare();
    sources.push(...items.flatMap(({ source }) => source ?? []));
    return items;
  };
  const outcome = await seal(prepareNoting, controller.signal);
  removeEventListener("beforeunload", askToStay);
  letSleep();
  await readPending(sources).catch(() => {});
  become({ busy: false, progress: null, outcome });
  if (outcome.kind === "failed" && isSignedOut(outcome.error)) await lockVault(queryClient);
  await queryClient.invalidateQueries({ queryKey: vaultQuery.queryKey });
  await queryClient.invalidateQueries({ queryKey: accountQuery.queryKey });
  return outcome.kind === "added" ? outcome.documents : null;
}

/** What became of the last one was seen. */
export function forgetOutcome(): void {
  if (!state.busy) become(idle);
}

export function cancelSealing(): void {
  stop?.abort();
}

async function seal(prepare: () => Promise<SealItem[]>, signal: AbortSignal): Promise<SealingOutcome> {
  const restarted: string[] = [];
  const notFollowed: string[] = [];
  try {
    const items = await prepare();
    const onProgress = calmProgress(
      (progress: SealProgress) => become({ busy: true, progress, outcome: null }),
      browserClock.nowMs,
    );
    const onRestart = (index: number): void => void restarted.push(items[index]?.name ?? "");
    const documents = await afterkeep.seal(items, {
      signal,
      onProgress,
      onRestart,
      onNotFollowed: ({ message, next }) => void notFollowed.push(`${message} ${next}`),
    });
    return { kind: "added", documents, restarted, notFollowed };
  } catch (error) {
    return isCancelled(error) ? { kind: "cancelled" } : { kind: "failed", error };
  }
}

/** The places where files lie are kept for those uploads alone that can still go on. */
async function readPending(sources: readonly string[]): Promise<void> {
  const pending = await queryClient.fetchQuery({ ...pendingUploadsQuery, staleTime: 0 });
  await forgetHandles(
    sources,
    pending.map(({ source }) => source),
  );
}

function askToStay(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
