export { type AuditLog, openAuditLog } from "./audit-log.ts";
export type { Finding } from "./compare-leaves.ts";
export type { FsckReport } from "./fsck.ts";
export { type RunningAuditor, startAuditor } from "./start-auditor.ts";
