import { AfterkeepError } from "../errors/errors.ts";
import type { ZoneName } from "./zone-names.ts";
import { openZoneRuntime, type ZoneRuntime } from "./zone-runtime.ts";

/** A started zone. `stop` finishes what runs and closes everything, in at most a few seconds. */
export type RunningZone = { stop(): Promise<void> };

/**
 * The whole of a zone's main: reads the environment, starts, tells the supervisor that it is ready, and stops on SIGTERM, SIGINT
 * or when the supervisor is gone. Ends the process with 1 when it cannot start.
 */
export async function runZone(name: ZoneName, start: (zone: ZoneRuntime) => Promise<RunningZone>): Promise<void> {
  // Whatever a zone writes is its owner's alone.
  process.umask(0o077);
  try {
    const zone = await openZoneRuntime(process.env);
    if (zone.name !== name) throw new Error(`started as ${zone.name}, but this is ${name}`);
    const stopping = stopOnRequest(zone, await start(zone));
    process.send?.({ type: "ready" });
    zone.logger.info({ event: "ready", pid: process.pid, mode: zone.mode });
    await stopping;
  } catch (error) {
    // No request has been served yet, so nothing of a person's is in this error.
    const next = error instanceof AfterkeepError && error.next !== undefined ? `${error.next}\n` : "";
    process.stderr.write(`${name} cannot start: ${error instanceof Error ? error.stack : String(error)}\n${next}`);
    process.exitCode = 1;
    process.disconnect?.();
  }
}

function stopOnRequest(zone: ZoneRuntime, running: RunningZone): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false;
    const stop = (signal: string) => {
      if (isStopping) return;
      isStopping = true;
      zone.logger.info({ event: "stopping", signal });
      // Why: a request that hangs must not keep a zone alive for ever.
      const force = setTimeout(() => process.exit(1), 10_000);
      void running
        .stop()
        .catch((err: unknown) => zone.logger.error({ event: "stop-failed", err }))
        .finally(() => {
          clearTimeout(force);
          resolve();
          process.exit(0);
        });
    };
    process.on("SIGTERM", () => stop("SIGTERM"));
    // Ctrl-C reaches every process of the terminal; the supervisor stops us in its own order, so it is only heeded without one.
    process.on("SIGINT", () => (process.connected ? undefined : stop("SIGINT")));
    process.on("disconnect", () => stop("disconnect"));
  });
}
