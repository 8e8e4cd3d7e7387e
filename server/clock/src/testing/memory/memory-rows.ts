import type { OutboxState } from "@afterkeep/platform";
import type { Selectable } from "kysely";
import type { ClockTables } from "../../clock-tables.ts";
import { MemoryTable } from "@afterkeep/platform/testing/memory";

type Rows<Name extends keyof ClockTables> = Selectable<ClockTables[Name]>;
/** `next_attempt_at`, `claimed_until` and `written_at` in ms of the database's clock. */
export type OutboxRow = Omit<Rows<"outbox">, "next_attempt_at" | "claimed_until" | "written_at" | "state"> & {
  state: OutboxState;
  next_attempt_at: number;
  claimed_until: number | null;
  written_at: number;
};
export type AccountRow = Pick<Rows<"account">, "id" | "dek" | "email" | "name">;
export type RecipientRow = Pick<Rows<"recipient">, "tenant" | "r" | "email" | "bounced">;
export type LinkRow = Rows<"link_token">;
export type SwitchRow = Rows<"switch_state">;
export type ReleaseRow = Rows<"release">;
export type SlotRow = Rows<"release_slot">;
/** `note_at` in ms of the database's clock. */
export type ReminderRow = Omit<Rows<"reminder">, "note_at"> & { note_at: number | null };
export type CursorRow = Rows<"clock_cursor">;

export type MemoryTables = {
  readonly account: MemoryTable<AccountRow>;
  readonly recipient: MemoryTable<RecipientRow>;
  readonly link_token: MemoryTable<LinkRow>;
  readonly outbox: MemoryTable<OutboxRow>;
  readonly switch_state: MemoryTable<SwitchRow>;
  readonly release: MemoryTable<ReleaseRow>;
  readonly release_slot: MemoryTable<SlotRow>;
  readonly reminder: MemoryTable<ReminderRow>;
  readonly clock_cursor: MemoryTable<CursorRow>;
};

/** Primary keys. Why the outbox by its effect: that is what two clocks meet at; ids are random, and an index finds them. */
export const keyOf = {
  recipient: ({ tenant, r }: Pick<RecipientRow, "tenant" | "r">) => `${tenant} ${r}`,
  outbox: ({ tenant, key }: Pick<OutboxRow, "tenant" | "key">) => `${tenant} ${key}`,
  switch: ({ tenant, b }: Pick<SwitchRow, "tenant" | "b">) => `${tenant} ${b}`,
  release: (tenant: string, decision: string) => `${tenant} ${decision}`,
  slot: (tenant: string, decision: string, r: string) => `${tenant} ${decision} ${r}`,
  reminder: (row: { tenant: string; b: string; lastSign: string; phase: string; index: number }) =>
    `${row.tenant} ${row.b} ${row.lastSign} ${row.phase} ${row.index}`,
  cursor: "only",
} as const;

export const isToNote = ({ accepted_at, noted_at }: ReminderRow): boolean => accepted_at !== null && noted_at === null;

export function newTables(): MemoryTables {
  return {
    account: new MemoryTable("account"),
    recipient: new MemoryTable("recipient"),
    link_token: new MemoryTable("link_token"),
    outbox: new MemoryTable<OutboxRow>("outbox", {
      id: ({ id }) => id,
      queued: ({ state }) => (state === "queued" ? "yes" : null),
    }),
    switch_state: new MemoryTable("switch_state"),
    release: new MemoryTable<ReleaseRow>("release", { bequest: ({ tenant, b }) => `${tenant} ${b}` }),
    release_slot: new MemoryTable<SlotRow>("release_slot", {
      decision: (slot) => keyOf.release(slot.tenant, slot.decision_id),
    }),
    reminder: new MemoryTable<ReminderRow>("reminder", {
      mail: ({ mail }) => mail,
      toNote: (row) => (isToNote(row) ? "yes" : null),
    }),
    clock_cursor: new MemoryTable("clock_cursor"),
  };
}
