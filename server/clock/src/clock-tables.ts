import type { AuditLeafTable, CoreTables, OutboxTable, UuidColumn } from "@afterkeep/platform";
import type { Generated } from "kysely";
import type { ReminderPhase, SlotStage, SwitchState } from "@afterkeep/switch";

/** The tables that the clock zone works on: its own of sql/migrations/0004-clock.sql, and what others granted to it. */
export type ClockTables = Pick<CoreTables, "account" | "recipient" | "link_token"> & {
  outbox: OutboxTable;
  audit_leaf: AuditLeafTable;
  switch_state: {
    tenant: UuidColumn;
    b: UuidColumn;
    g: number;
    epoch: number;
    revision: number;
    state: SwitchState;
    policy_hash: Buffer;
    last_sign: Buffer;
    earliest_ms: number;
    look_at: number | null;
    requests: string[];
  };
  release: {
    tenant: UuidColumn;
    decision_id: UuidColumn;
    b: UuidColumn;
    g: number;
    statement: string;
    decided_at: number;
    kept: Generated<number>;
  };
  release_slot: {
    tenant: UuidColumn;
    decision_id: UuidColumn;
    r: UuidColumn;
    stage: SlotStage;
    withdrawn: string | null;
  };
  reminder: {
    tenant: UuidColumn;
    b: UuidColumn;
    last_sign: Buffer;
    phase: ReminderPhase;
    index: number;
    mail: UuidColumn;
    attempt: number;
    attempted_at: number;
    accepted_at: number | null;
    noted_at: number | null;
    /** By the database's clock; null where it was not put off. */
    note_at: Date | null;
  };
  clock_cursor: { only: boolean; epoch: number; position: number };
};
