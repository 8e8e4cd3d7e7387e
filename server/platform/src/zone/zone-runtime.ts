import { join } from "node:path";
import { type DatabaseConfig, readDatabaseConfig } from "../database/database-config.ts";
import { InvariantError } from "../errors/errors.ts";
import { makePrivateFolder } from "../files/private-files.ts";
import type { ZoneIdentity } from "../identity/authority.ts";
import { readIdentity } from "../identity/identity-files.ts";
import { createLogger, type Logger } from "../logging/logger.ts";
import { type Clock, scaledClock, systemClock } from "../time/clock.ts";
import { type Mode, parseZoneEnvironment, type ZoneEnvironment } from "./zone-environment.ts";
import type { ZoneName } from "./zone-names.ts";

/** Everything that a zone is given. */
export type ZoneRuntime = {
  name: ZoneName;
  mode: Mode;
  /** The zone's private folder (0700). */
  dataDir: string;
  /** Where a zone listens. */
  socketPath(zone: ZoneName): string;
  identity: ZoneIdentity;
  logger: Logger;
  /** Product time: real, or scaled in the keyholder and clock zones of a demo. */
  clock: Clock;
  /** Always real: TOTP and sessions. */
  realClock: Clock;
  /** The zone's own role; absent where a zone has no database. */
  database?: DatabaseConfig;
  /** Without a slash at its end. */
  publicUrl: string;
  port: number;
  mailboxPort: number;
  smtpPort: number;
  smtpUrl?: string;
  mailFrom: string;
  /** The kms's and the keyholder's own, each another: what its key files are sealed with. */
  sealFile?: string;
  /** The api's: proxies whose word on who asks is taken. */
  trustedProxies?: string[];
  /** The keyholder's: public keys of those who can freeze everything. */
  operators?: string[];
  /** The keyholder's: addresses of outside clocks. */
  outsideClocks?: string[];
  objectsDir?: string;
  /** The api's: bytes of one sealed object, and of all of an account, where the operator set them. */
  limits?: { maxObjectBytes?: number; quotaBytes?: number };
  webDist?: string;
};

/** Makes the runtime that an environment describes. */
export async function openZoneRuntime(env: Record<string, string | undefined>): Promise<ZoneRuntime> {
  const environment = parseZoneEnvironment(env);
  await makePrivateFolder(environment.AFTERKEEP_ZONE_DATA);
  const databaseFile = environment.AFTERKEEP_DATABASE_FILE;
  return {
    ...plainSettings(environment),
    identity: await readIdentity(environment.AFTERKEEP_ZONE, environment.AFTERKEEP_IDENTITY),
    logger: createLogger({ zone: environment.AFTERKEEP_ZONE, level: environment.AFTERKEEP_LOG_LEVEL }),
    clock: productClock(environment),
    realClock: systemClock(),
    ...(databaseFile === undefined ? {} : { database: await readDatabaseConfig(databaseFile) }),
  };
}

function plainSettings(environment: ZoneEnvironment) {
  const smtpUrl = environment.AFTERKEEP_SMTP_URL;
  const sealFile = environment.AFTERKEEP_SEAL_FILE;
  const trustedProxies = environment.AFTERKEEP_TRUSTED_PROXIES;
  const operators = environment.AFTERKEEP_OPERATORS;
  const outsideClocks = environment.AFTERKEEP_OUTSIDE_CLOCKS;
  const objectsDir = environment.AFTERKEEP_OBJECTS;
  const maxObjectBytes = environment.AFTERKEEP_MAX_OBJECT_BYTES;
  const quotaBytes = environment.AFTERKEEP_QUOTA_BYTES;
  const webDist = environment.AFTERKEEP_WEB_DIST;
  return {
    name: environment.AFTERKEEP_ZONE,
    mode: environment.AFTERKEEP_MODE,
    dataDir: environment.AFTERKEEP_ZONE_DATA,
    socketPath: (zone: ZoneName) => join(environment.AFTERKEEP_RUN, `${zone}.sock`),
    publicUrl: environment.AFTERKEEP_PUBLIC_URL.replace(/\/+$/, ""),
    port: environment.AFTERKEEP_PORT,
    mailboxPort: environment.AFTERKEEP_MAILBOX_PORT,
    smtpPort: environment.AFTERKEEP_MAILBOX_SMTP_PORT,
    mailFrom: environment.AFTERKEEP_MAIL_FROM,
    ...(smtpUrl === undefined ? {} : { smtpUrl }),
    ...(sealFile === undefined ? {} : { sealFile }),
    ...(trustedProxies === undefined ? {} : { trustedProxies }),
    ...(operators === undefined ? {} : { operators }),
    ...(outsideClocks === undefined ? {} : { outsideClocks }),
    ...(objectsDir === undefined ? {} : { objectsDir }),
    limits: {
      ...(maxObjectBytes === undefined ? {} : { maxObjectBytes }),
      ...(quotaBytes === undefined ? {} : { quotaBytes }),
    },
    ...(webDist === undefined ? {} : { webDist }),
  };
}

function productClock(environment: ZoneEnvironment): Clock {
  const { AFTERKEEP_DEMO_FACTOR: factor, AFTERKEEP_DEMO_EPOCH_MS: epochMs, AFTERKEEP_MODE: mode } = environment;
  if (factor === undefined && epochMs === undefined) return systemClock();
  // Invariant: time is never scaled outside a demo, whatever the environment says.
  if (mode !== "demo" || factor === undefined || epochMs === undefined)
    throw new InvariantError("scaled-clock-outside-demo", "A scaled clock is only for the demo mode.");
  return scaledClock({ factor, epochMs });
}
