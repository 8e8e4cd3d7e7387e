import { applyGap, applyRestore, applyThaw, type SwitchHistory, type SwitchPolicy } from "@afterkeep/switch";
import { z } from "zod";
import type { Store } from "./store.ts";

/** `held` begins every hold anew; `doubted`, where nothing was lost, leaves those that run. */
const eventSchema = z.object({
  position: z.int(),
  kind: z.enum(["frozen", "thawed", "gap", "held", "doubted"]),
  atAttended: z.int(),
  lengthMs: z.int(),
  restore: z.string(),
});

/** What befell every bequest at the same moment. Attended ms, but for the length of a gap, which is wall time; `restore` names what `held` came of, and is else empty. */
export type CommonEvent = Readonly<z.infer<typeof eventSchema>>;

const newestSchema = z.object({ position: z.int() });

/** The position of the last one; 0 before the first. */
export function newestEvent(store: Store): number {
  return store.one("select coalesce(max(position), 0) as position from event", newestSchema).position;
}

/**
 * Writes it once for all bequests, however many: each takes it in whenever its record is next read, so it holds for all of them as soon as this is on disk.
 * Call inside a commit.
 */
export function addEvent(
  store: Store,
  {
    kind,
    atAttended,
    lengthMs,
    restore = "",
  }: Pick<CommonEvent, "kind" | "atAttended" | "lengthMs"> & { restore?: string },
): void {
  store.run("insert into event values (?, ?, ?, ?, ?)", newestEvent(store) + 1, kind, atAttended, lengthMs, restore);
}

export function listEventsAfter(store: Store, position: number): CommonEvent[] {
  return store.all(
    "select position, kind, at_attended as atAttended, length_ms as lengthMs, restore from event where position > ? order by position",
    eventSchema,
    position,
  );
}

/** Whether every switch shows something else after it, also one whose record is as it was. */
export function isShownByAll({ kind }: CommonEvent): boolean {
  return kind === "frozen" || kind === "thawed";
}

/**
 * What an event does to one bequest: the same history, not a copy, where that is nothing.
 *
 * Invariant: by the record as it was then and the time at which it was, never by the present one, so it is the same whenever it is asked. Every change of a record begins
 * with reading it, so none can come in between.
 */
export function applyEvent(
  policy: SwitchPolicy,
  history: SwitchHistory,
  { kind, atAttended, lengthMs, restore }: CommonEvent,
): SwitchHistory {
  switch (kind) {
    case "frozen":
      // The freeze itself is one row for all; a record that takes this in is only shown anew.
      return history;
    case "thawed":
      return applyThaw(policy, history, lengthMs, atAttended);
    case "gap":
      return applyGap(policy, history, lengthMs, atAttended);
    case "held":
      return applyRestore(policy, history, atAttended, restore);
    case "doubted":
      return history.held === null ? applyRestore(policy, history, atAttended) : history;
  }
}
