import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile, rm } from "node:fs/promises";
import { constants, getPriority, setPriority } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { type Clock, DependencyError, type Logger } from "@afterkeep/platform";
import { recordProcess } from "./process-record.ts";
import { restartDelayMs, steadyAfterMs } from "./restart-delay.ts";
import type { ZonePlan } from "./zone-plan.ts";

export type ZoneProcess = {
  /** Asks the zone to finish, ends it after ten seconds if it does not, and starts it no more. */
  stop(): Promise<void>;
};

const startAttempts = 3;
/**
 * Why: by default V8 and glibc keep tens of megabytes of spent buffers in a process that only passes bytes on, and
 * tests/e2e/documents.test.ts holds every zone to 200 MB. What bounds them is the room for young objects, in MiB: zones that turn over many small
 * ones, and no documents, get more, or they would spend a third of their time collecting them. Why the collector has its helper threads all the
 * same: alone it stands still for a tenth of a second now and then, and every call with it.
 */
const roomForYoung: Partial<Record<ZonePlan["name"], number>> = { keyholder: 8, clock: 8, auditor: 8 };
const mostZones = 2;
const frugal = { MALLOC_ARENA_MAX: "2" };
/**
 * How many steps of niceness below the others. Zones for which hardly anybody waits: a million switches that fall due at one instant keep both busy for minutes, and whoever asks the
 * api meanwhile would wait half as long again. Why not lower: beside one that takes all it can get a tenth of a core is still the clock zone's, and that is more than it needs on
 * most days. Why the auditor below it: the log takes in what happened when it can, and people's mails need not wait for that.
 */
const stepsBelow: Partial<Record<ZonePlan["name"], number>> = { clock: 10, auditor: 15 };

/**
 * Starts a zone and keeps it running. Resolves when it has said that it is ready; throws DependencyError with its last words when
 * it died three times before that. Later deaths are answered by a restart, ever slower, for as long as it takes.
 */
export async function keepZoneRunning(plan: ZonePlan, logger: Logger, clock: Clock): Promise<ZoneProcess> {
  const stopping = new AbortController();
  const current: { child?: ChildProcess } = {};
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  const running = runForEver(plan, {
    logger,
    clock,
    stopping: stopping.signal,
    current,
    ready: resolve,
    failed: reject,
  });
  const stop = async () => {
    stopping.abort();
    const force = setTimeout(() => current.child?.kill("SIGKILL"), 10_000);
    current.child?.kill("SIGTERM");
    await running;
    clearTimeout(force);
  };
  await ready.catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { stop };
}

type Watch = {
  logger: Logger;
  clock: Clock;
  stopping: AbortSignal;
  current: { child?: ChildProcess };
  ready(): void;
  failed(error: Error): void;
};

async function runForEver(plan: ZonePlan, watch: Watch): Promise<void> {
  let deaths = 0;
  let wasReady = false;
  while (!watch.stopping.aborted) {
    const startedMs = watch.clock.monotonicMs();
    const exitCode = await runOnce(plan, watch, () => {
      wasReady = true;
      watch.ready();
    });
    if (watch.stopping.aborted) break;
    deaths = watch.clock.monotonicMs() - startedMs >= steadyAfterMs ? 1 : deaths + 1;
    if (!wasReady && deaths >= startAttempts) return watch.failed(await lastWords(plan));
    const delayMs = restartDelayMs(deaths);
    watch.logger.warn({ event: "zone-died", name: plan.name, exitCode, attempt: deaths, delayMs });
    await delay(delayMs, undefined, { signal: watch.stopping }).catch(() => {});
  }
}

async function runOnce(plan: ZonePlan, watch: Watch, ready: () => void): Promise<number> {
  const log = await open(plan.log, "a", 0o600);
  await mkdir(workFolder(plan), { recursive: true, mode: 0o700 });
  const flag = `--max-semi-space-size=${roomForYoung[plan.name] ?? mostZones}`;
  const child = spawn(process.execPath, [flag, plan.entry], {
    env: { ...plan.env, ...frugal },
    cwd: workFolder(plan),
    stdio: ["ignore", log.fd, log.fd, "ipc"],
  });
  watch.current.child = child;
  const steps = stepsBelow[plan.name];
  if (child.pid !== undefined && steps !== undefined) letOthersGoFirst(child.pid, steps);
  const ended = once(child, "exit");
  await log.close();
  child.on("message", (message) => {
    if (typeof message === "object" && message !== null && "type" in message && message.type === "ready") ready();
  });
  if (child.pid !== undefined) await recordProcess(plan.pidFile, child.pid);
  // A stop that came while this was starting has found nobody to tell.
  if (watch.stopping.aborted) child.kill("SIGTERM");
  const [code]: unknown[] = await ended;
  await rm(plan.pidFile, { force: true });
  return typeof code === "number" ? code : -1;
}

function letOthersGoFirst(pid: number, steps: number): void {
  try {
    setPriority(pid, Math.min(getPriority() + steps, constants.priority.PRIORITY_LOW));
  } catch (error) {
    // One that has ended already is told of by its exit.
    if (!isNoSuchProcess(error)) throw error;
  }
}

function isNoSuchProcess(error: unknown): boolean {
  // Why within: Node wraps what the system said.
  if (!(error instanceof Error) || !("info" in error)) return false;
  const { info } = error;
  return typeof info === "object" && info !== null && "code" in info && info.code === "ESRCH";
}

function workFolder(plan: ZonePlan): string {
  return plan.env["AFTERKEEP_ZONE_DATA"] ?? "/";
}

async function lastWords(plan: ZonePlan): Promise<DependencyError> {
  const log = await readFile(plan.log, "utf8").catch(() => "");
  const tail = log.trimEnd().split("\n").slice(-12).join("\n");
  return new DependencyError("zone-did-not-start", `The ${plan.name} zone does not start. Its last words:\n${tail}`, {
    next: `Its whole log is ${plan.log}.`,
  });
}
