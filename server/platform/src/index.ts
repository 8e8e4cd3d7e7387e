export * from "./errors/errors.ts";
export { errorFromProblem, type Problem, problemSchema, toProblem } from "./errors/problem.ts";
export { type Clock, scaledClock, systemClock } from "./time/clock.ts";
export { isZoneName, type ZoneName, zoneNames, zoneUri } from "./zone/zone-names.ts";
export { type Authority, createAuthority, issueIdentity, type ZoneIdentity } from "./identity/authority.ts";
export { issueIdentities, readIdentity } from "./identity/identity-files.ts";
export type { CallContext, ZoneContract, ZoneHandlers, ZoneMethod } from "./transport/zone-contract.ts";
export { serveZone, type ServeZoneOptions, type ZonePlace, type ZoneServer } from "./transport/serve-zone.ts";
export { connectZone, type ConnectZoneOptions, type ZoneClient } from "./transport/connect-zone.ts";
export { createLogger, type LogFields, type Logger } from "./logging/logger.ts";
export { makePrivateFolder, writePrivateFile } from "./files/private-files.ts";
export { readOrCreateSecret } from "./files/secrets.ts";
export { makeSocketFolder } from "./files/socket-folder.ts";
export { type DatabaseConfig, parseDatabaseUrl, readDatabaseConfig } from "./database/database-config.ts";
export { openDatabase, openPool, type PoolOptions } from "./database/pool.ts";
export { idFromPg, pgId } from "./database/pg-id.ts";
export { inTenant, type TenantContext, tenantSetting } from "./database/in-tenant.ts";
export { inTenants, seeTenants } from "./database/in-tenants.ts";
export type { CoreTables, UuidArrayColumn, UuidColumn } from "./database/core-tables.ts";
export { type RunningPostgres, startPostgres, type StartPostgresOptions } from "./postgres/start-postgres.ts";
export {
  asAdmin,
  ownerRole,
  prepareDatabase,
  type PreparedDatabase,
  type ZoneRole,
  zoneRoles,
} from "./database/roles.ts";
export { migrate } from "./database/migrate.ts";
export { mailTimes } from "./mail/mail-times.ts";
export { createMailer, type Mail, type Mailer } from "./mail/mailer.ts";
export { type Mode, modes, type ZoneVariables } from "./zone/zone-environment.ts";
export { openZoneRuntime, type ZoneRuntime } from "./zone/zone-runtime.ts";
export { type RunningZone, runZone } from "./zone/run-zone.ts";
export { checkSealFiles, type SealFile } from "./key-seal/seal-file.ts";
export {
  type KeySeal,
  missingSeal,
  noKeySeal,
  openKeySeal,
  type SealedZone,
  sealSetting,
} from "./key-seal/key-seal.ts";
export { type FieldPlace, openField, sealField } from "./field-encryption/field-cipher.ts";
export { type AuditActor, type AuditEntry, encodeAuditLeaf, type IpClass } from "./audit/audit-leaf.ts";
export { appendAudit, appendAudits, type AuditLeafTable } from "./audit/append-audit.ts";
export { type MailContent, mailContent, type MailKind, type OutgoingMail } from "./outbox/mail-content.ts";
export {
  cancelMail,
  enqueueMail,
  type NewMail,
  openMail,
  sealMail,
  type OutboxState,
  outboxStates,
  type OutboxTable,
} from "./outbox/enqueue-mail.ts";
export { dataFolder, loadSettings, type Settings } from "./settings/settings.ts";
export { type DemoScale, type FolderMode, settleFolderMode } from "./settings/data-folder-mode.ts";
