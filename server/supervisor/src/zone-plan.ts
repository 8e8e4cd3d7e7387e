import { join } from "node:path";
import type { FolderMode, PreparedDatabase, Settings, ZoneName, ZoneRole, ZoneVariables } from "@afterkeep/platform";
import { writePrivateFile } from "@afterkeep/platform";
import type { DataFolder } from "./data-folder.ts";

/** A zone to start: which program, with which environment. */
export type ZonePlan = { name: ZoneName; entry: string; env: Record<string, string>; log: string; pidFile: string };
export type PlanInput = {
  settings: Settings;
  folderMode: FolderMode;
  folder: DataFolder;
  roles: PreparedDatabase["roles"];
  /** The program of each zone. */
  entryOf(name: ZoneName): string;
  webDist?: string;
};

// Those of a wave start together; each wave finds the ones before it answering.
const waves: ZoneName[][] = [["kms", "auditor"], ["keyholder"], ["clock", "api"]];
const databaseRoles: Partial<Record<ZoneName, ZoneRole>> = { api: "ak_api", clock: "ak_clock", auditor: "ak_auditor" };

/** The zones of a mode, in waves in the order they start. The mailbox exists in local and demo mode alone. */
export function zonesOf(mode: FolderMode["mode"]): ZoneName[][] {
  const [first = [], ...rest] = waves;
  return mode === "production" ? waves : [["mailbox", ...first], ...rest];
}

/** Plans every zone. Writes the database way-in of the zones that have one (0600, its own role only). */
export async function planZones(input: PlanInput): Promise<ZonePlan[][]> {
  const plans = zonesOf(input.folderMode.mode).map((wave) => wave.map((name) => planZone(name, input)));
  for (const [name, role] of Object.entries(databaseRoles))
    await writePrivateFile(databaseFile(input.folder, name), JSON.stringify(input.roles[role]));
  return plans;
}

function planZone(name: ZoneName, input: PlanInput): ZonePlan {
  const { folder, folderMode } = input;
  const variables: ZoneVariables = {
    AFTERKEEP_ZONE: name,
    AFTERKEEP_MODE: folderMode.mode,
    AFTERKEEP_ZONE_DATA: join(folder.path, name),
    AFTERKEEP_RUN: folder.run,
    AFTERKEEP_IDENTITY: join(folder.identity, name),
    AFTERKEEP_PUBLIC_URL: input.settings.publicUrl,
    AFTERKEEP_MAIL_FROM: input.settings.mailFrom,
    AFTERKEEP_LOG_LEVEL: input.settings.logLevel,
    ...ownVariables(name, input),
  };
  return {
    name,
    entry: input.entryOf(name),
    env: { ...inheritedVariables(), ...variables },
    log: join(folder.logs, `${name}.log`),
    pidFile: join(folder.run, `${name}.pid`),
  };
}

function ownVariables(name: ZoneName, input: PlanInput): ZoneVariables {
  const { settings } = input;
  const database =
    databaseRoles[name] === undefined ? {} : { AFTERKEEP_DATABASE_FILE: databaseFile(input.folder, name) };
  if (name === "mailbox")
    return { AFTERKEEP_MAILBOX_PORT: `${settings.mailboxPort}`, AFTERKEEP_MAILBOX_SMTP_PORT: `${settings.smtpPort}` };
  if (name === "kms") return sealVariables(settings.sealFiles.kms);
  if (name === "keyholder")
    return {
      ...sealVariables(settings.sealFiles.keyholder),
      ...listVariable("AFTERKEEP_OPERATORS", settings.operators),
      ...listVariable("AFTERKEEP_OUTSIDE_CLOCKS", settings.outsideClocks),
      ...mailVariables(input),
      ...demoVariables(input.folderMode),
    };
  if (name === "clock") return { ...database, ...mailVariables(input), ...demoVariables(input.folderMode) };
  if (name !== "api") return database;
  const webDist = input.webDist === undefined ? {} : { AFTERKEEP_WEB_DIST: input.webDist };
  const place = { AFTERKEEP_PORT: `${settings.port}`, AFTERKEEP_OBJECTS: settings.objectsDir };
  const proxies = settings.trustedProxies.join(",");
  const front = proxies === "" ? {} : { AFTERKEEP_TRUSTED_PROXIES: proxies };
  return { ...database, ...mailVariables(input), ...place, ...byteLimits(settings), ...front, ...webDist };
}

function listVariable(name: keyof ZoneVariables, items: readonly string[]): ZoneVariables {
  return items.length === 0 ? {} : { [name]: items.join(",") };
}

function byteLimits({ maxObjectBytes, quotaBytes }: PlanInput["settings"]): ZoneVariables {
  return {
    ...(maxObjectBytes === undefined ? {} : { AFTERKEEP_MAX_OBJECT_BYTES: `${maxObjectBytes}` }),
    ...(quotaBytes === undefined ? {} : { AFTERKEEP_QUOTA_BYTES: `${quotaBytes}` }),
  };
}

// Why under one name: a zone has no use for knowing that the other's exists.
function sealVariables(sealFile: string | undefined): ZoneVariables {
  return sealFile === undefined ? {} : { AFTERKEEP_SEAL_FILE: sealFile };
}

function mailVariables({ settings, folderMode }: PlanInput): ZoneVariables {
  const local = folderMode.mode === "production" ? undefined : `smtp://127.0.0.1:${settings.smtpPort}`;
  const smtpUrl = settings.smtpUrl ?? local;
  return smtpUrl === undefined ? {} : { AFTERKEEP_SMTP_URL: smtpUrl };
}

function demoVariables({ demo }: FolderMode): ZoneVariables {
  if (demo === undefined) return {};
  return { AFTERKEEP_DEMO_FACTOR: `${demo.factor}`, AFTERKEEP_DEMO_EPOCH_MS: `${demo.epochMs}` };
}

function databaseFile(folder: DataFolder, name: string): string {
  return join(folder.secrets, `${name}.database.json`);
}

// Why so few: whatever else stands in the environment of whoever started us (tokens, passwords) is none of a zone's business.
function inheritedVariables(): Record<string, string> {
  const names = ["TZ", "LANG", "NODE_EXTRA_CA_CERTS", "NODE_ENV", "NODE_COMPILE_CACHE"];
  const kept = names.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { NODE_ENV: "production", ...Object.fromEntries(kept), PATH: "/usr/local/bin:/usr/bin:/bin" };
}
