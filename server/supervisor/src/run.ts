import { join } from "node:path";
import { AfterkeepError, createLogger, loadSettings, type Settings } from "@afterkeep/platform";
import { announce } from "./announcement.ts";
import { supervise, type SuperviseOptions } from "./supervise.ts";

export type RunOptions = Omit<SuperviseOptions, "settings" | "openLogger"> & { write(text: string): void };

/** Runs the product in the foreground until a signal, or until whoever started us is gone. Resolves with the exit code. */
export async function runUntilStopped(options: RunOptions): Promise<number> {
  const stopAsked = untilStopAsked();
  try {
    const settings = await loadSettings(process.env);
    options.write(`Starting Afterkeep in ${settings.dataDir} …\n`);
    const product = await supervise({ ...options, settings, openLogger: () => supervisorLog(settings) });
    options.write(await announce(product, settings));
    await stopAsked;
    options.write("Stopping …\n");
    await product.stop();
    options.write("Stopped.\n");
    return 0;
  } catch (error) {
    options.write(`${explain(error)}\n`);
    return 1;
  }
}

function supervisorLog(settings: Settings) {
  return createLogger({ zone: "supervisor", file: join(settings.dataDir, "logs", "supervisor.log") });
}

function untilStopAsked(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve());
    // The start script's channel: it closes when the script is killed.
    process.on("disconnect", () => resolve());
  });
}

function explain(error: unknown): string {
  if (error instanceof AfterkeepError) return [error.publicMessage, error.next].filter(Boolean).join("\n");
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
