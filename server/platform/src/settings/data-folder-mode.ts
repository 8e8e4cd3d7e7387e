import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { InputError } from "../errors/errors.ts";
import { writePrivateFile } from "../files/private-files.ts";
import type { Clock } from "../time/clock.ts";
import { type Mode, modes } from "../zone/zone-environment.ts";

/** How fast a demo's clock runs, and since when (real ms). */
export type DemoScale = { factor: number; epochMs: number };
export type FolderMode = { mode: Mode; demo?: DemoScale };

const memorySchema = z.strictObject({
  mode: z.enum(modes),
  demo: z.strictObject({ factor: z.number().min(1), epochMs: z.int().positive() }).optional(),
});
const defaultDemoFactor = 86_400;

/**
 * The mode of a data folder: what it was first used with. Asking for another is refused, because a clock that was ever scaled
 * has made deadlines that mean nothing in real time, and a production folder must never meet the mailbox.
 */
export async function settleFolderMode(
  dataDir: string,
  asked: { mode?: Mode; demoFactor?: number },
  clock: Clock,
): Promise<FolderMode> {
  const remembered = await recall(dataDir);
  if (remembered !== null) return agree(remembered, asked);
  const mode = asked.mode ?? "local";
  if (mode !== "demo" && asked.demoFactor !== undefined) throw scaleOutsideDemo();
  const demo = { factor: asked.demoFactor ?? defaultDemoFactor, epochMs: clock.nowMs() };
  const settled: FolderMode = mode === "demo" ? { mode, demo } : { mode };
  await writePrivateFile(join(dataDir, "mode.json"), `${JSON.stringify(settled)}\n`);
  return settled;
}

async function recall(dataDir: string): Promise<FolderMode | null> {
  const path = join(dataDir, "mode.json");
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return null;
  try {
    const { mode, demo } = memorySchema.parse(JSON.parse(text));
    return demo === undefined ? { mode } : { mode, demo };
  } catch (cause) {
    // Why refuse: guessing could run a demo's data on the real clock, or the other way round.
    throw new InputError("unreadable-mode", `${path} cannot be read, so nobody knows what these data are for.`, {
      cause,
    });
  }
}

function agree(remembered: FolderMode, asked: { mode?: Mode; demoFactor?: number }): FolderMode {
  const { mode, demo } = remembered;
  if (asked.mode !== undefined && asked.mode !== mode)
    throw new InputError(
      "mode-differs",
      `These data were made in ${mode} mode and cannot be used in ${asked.mode} mode.`,
      {
        next: "Choose another data folder with AFTERKEEP_DATA.",
      },
    );
  if (asked.demoFactor === undefined) return remembered;
  if (demo === undefined) throw scaleOutsideDemo();
  if (asked.demoFactor !== demo.factor)
    throw new InputError(
      "demo-factor-differs",
      `The clock of these demo data runs ${demo.factor} times as fast, always.`,
      {
        next: "Leave AFTERKEEP_DEMO_FACTOR away, or choose another data folder.",
      },
    );
  return remembered;
}

function scaleOutsideDemo(): InputError {
  return new InputError("scaled-clock-outside-demo", "AFTERKEEP_DEMO_FACTOR is only for AFTERKEEP_MODE=demo.");
}
