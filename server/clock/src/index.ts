export { composeMail } from "./mails/compose-mail.ts";
export { type RunningClock, startClock } from "./start-clock.ts";
export type { ClockParts } from "./clock-parts.ts";
export type { ClockTables } from "./clock-tables.ts";
export { lookAtDue } from "./mirror/look-at-due.ts";
export { type Answer, reconcile } from "./mirror/reconcile.ts";
export { claimSwitches } from "./storage/switch-states.ts";
