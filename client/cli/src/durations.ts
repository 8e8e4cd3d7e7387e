import { UsageError } from "./usage-error.ts";

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Reads `30d`, `72h`, `1d12h`, `90m`: ms. */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join("") !== text) {
    throw new UsageError(`"${text}" is not a duration. Write 30d, 72h or 1d12h.`);
  }
  return Math.round(parts.reduce((sum, [, number, unit]) => sum + Number(number) * (units[unit ?? ""] ?? 0), 0));
}

/** For people: the two largest units. */
export function formatDuration(ms: number): string {
  const names: readonly (readonly [string, number])[] = [
    ["day", 86_400_000],
    ["hour", 3_600_000],
    ["minute", 60_000],
    ["second", 1000],
  ];
  const first = names.findIndex(([, size]) => ms >= size);
  if (first < 0) return `${ms} ms`;
  let left = ms;
  const said = names.slice(first, first + 2).flatMap(([name, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count === 0 ? [] : [`${count} ${name}${count === 1 ? "" : "s"}`];
  });
  return said.join(" ");
}

/** A moment for people and scripts alike: ISO 8601 to the minute, UTC. */
export function formatMoment(ms: number | null): string {
  return ms === null ? "never (nothing is armed)" : `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
