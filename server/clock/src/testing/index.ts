export { MemoryDatabase } from "./memory/memory-database.ts";
export { keyOf, type OutboxRow, type ReminderRow, type SwitchRow } from "./memory/memory-rows.ts";
