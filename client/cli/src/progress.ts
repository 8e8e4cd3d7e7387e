import type { SealProgress } from "@afterkeep/sdk";
import { formatDuration } from "./durations.ts";
import type { Terminal } from "./terminal.ts";

const quiet = 4 * 2 ** 20;

/** Shows how far a large transfer is; says nothing of small ones. */
export function showProgress(terminal: Terminal, name: string, done: number, total: number): void {
  if (total >= quiet) terminal.progress(progressLine(name, done, total));
}

/** The same of sealing, with rate and time left. */
export function showSealing(terminal: Terminal, progress: SealProgress): void {
  const { name, allDoneBytes, allTotalBytes, bytesPerSecond, msLeft } = progress;
  if (allTotalBytes < quiet) return;
  const rate = bytesPerSecond > 0 ? `  ${formatBytes(bytesPerSecond)}/s` : "";
  const left = msLeft === null ? "" : `  ${formatDuration(Math.max(1000, Math.round(msLeft / 1000) * 1000))} left`;
  terminal.progress(`${progressLine(name, allDoneBytes, allTotalBytes)}${rate}${left}`);
}

export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power] ?? ""}`;
}

function progressLine(name: string, done: number, total: number): string {
  return `${name}  ${formatBytes(done)} of ${formatBytes(total)}  ${Math.floor((100 * done) / total)} %`;
}
