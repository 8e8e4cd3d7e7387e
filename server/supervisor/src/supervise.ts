import { join } from "node:path";
import {
  type Clock,
  type FolderMode,
  issueIdentities,
  type Logger,
  type Settings,
  settleFolderMode,
  type ZoneName,
  zoneNames,
} from "@afterkeep/platform";
import { type DataFolder, openDataFolder } from "./data-folder.ts";
import { openDatabaseServer } from "./database.ts";
import { refuseTakenPorts } from "./ports.ts";
import { endRecordedProcess } from "./process-record.ts";
import { refuseUnfitSettings } from "./unfit-settings.ts";
import { planZones, type ZonePlan, zonesOf } from "./zone-plan.ts";
import { keepZoneRunning } from "./zone-process.ts";

export type SuperviseOptions = {
  settings: Settings;
  /** The program of each zone. */
  entryOf(name: ZoneName): string;
  /** Folder of SQL migrations. */
  migrations: string;
  webDist?: string;
  clock: Clock;
  /** Called once the data folder is ours. */
  openLogger(): Logger;
};
export type Supervised = { folderMode: FolderMode; folder: DataFolder; stop(): Promise<void> };
type Stop = () => Promise<void>;

/**
 * Starts the whole product in one data folder and keeps it running until `stop`. Everything that was started is stopped again, in
 * the opposite order, also when a later step fails.
 */
export async function supervise(options: SuperviseOptions): Promise<Supervised> {
  const started: Stop[] = [];
  const stop = async () => {
    const failures: unknown[] = [];
    for (let undo = started.pop(); undo !== undefined; undo = started.pop())
      await undo().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, "not everything could be stopped");
  };
  try {
    return { ...(await startAll(options, started)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startAll(options: SuperviseOptions, started: Stop[]) {
  const { settings, clock } = options;
  const folder = await openDataFolder(settings.dataDir);
  started.push(async () => folder.release());
  const logger = options.openLogger();
  const folderMode = await settleFolderMode(folder.path, settings, clock);
  await refuseUnfitSettings(settings, folderMode.mode);
  await endOrphanedZones(folder);
  await refuseTakenPorts(portsOf(settings, folderMode));
  await issueIdentities(folder.identity, zoneNames);
  const database = await openDatabaseServer(folder, { ...settings, migrations: options.migrations, logger });
  started.push(database.stop);
  const plans = await planZones({ ...options, folderMode, folder, roles: database.roles });
  for (const wave of plans) await startWave(wave, started, logger, clock);
  return { folderMode, folder };
}

async function startWave(wave: ZonePlan[], started: Stop[], logger: Logger, clock: Clock): Promise<void> {
  const outcomes = await Promise.allSettled(
    wave.map(async (plan) => {
      const zone = await keepZoneRunning(plan, logger, clock);
      started.push(zone.stop);
      logger.info({ event: "zone-ready", name: plan.name });
    }),
  );
  const failure = outcomes.find((outcome) => outcome.status === "rejected");
  if (failure !== undefined) throw failure.reason;
}

/** Zones end by themselves when their supervisor dies; this is for one that hangs. */
async function endOrphanedZones(folder: DataFolder): Promise<void> {
  await Promise.all(zoneNames.map((name) => endRecordedProcess(join(folder.run, `${name}.pid`))));
}

function portsOf(settings: Settings, { mode }: FolderMode): Record<string, number> {
  const mailbox = { AFTERKEEP_MAILBOX_PORT: settings.mailboxPort, AFTERKEEP_MAILBOX_SMTP_PORT: settings.smtpPort };
  return { AFTERKEEP_PORT: settings.port, ...(zonesOf(mode).flat().includes("mailbox") ? mailbox : {}) };
}
