import type { Terminal } from "./terminal.ts";

const quiet = 4 * 2 ** 20;

/** Shows how far a large transfer is; says nothing of small ones. */
export function showProgress(terminal: Terminal, name: string, done: number, total: number): void {
  if (total < quiet) return;
  terminal.progress(`${name}  ${formatBytes(done)} of ${formatBytes(total)}  ${Math.floor((100 * done) / total)} %`);
}

export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power] ?? ""}`;
}
