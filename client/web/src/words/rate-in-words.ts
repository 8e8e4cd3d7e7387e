import { formatSize } from "./size-in-words.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

function count(value: number, unit: string): string {
  return `${value} ${unit}${value === 1 ? "" : "s"}`;
}

/** `about 3 minutes left`, never more exact than anybody can know; empty while it is not known. */
export function describeTimeLeft(msLeft: number | null): string {
  if (msLeft === null || !Number.isFinite(msLeft)) return "";
  if (msLeft < 10_000) return "a few seconds left";
  if (msLeft < minuteMs) return "less than a minute left";
  if (msLeft < 90 * minuteMs) return `about ${count(Math.round(msLeft / minuteMs), "minute")} left`;
  if (msLeft < 36 * hourMs) return `about ${count(Math.round(msLeft / hourMs), "hour")} left`;
  return `about ${count(Math.round(msLeft / (24 * hourMs)), "day")} left`;
}

/** `4.1 MB a second · about 3 minutes left`; empty while neither is known. */
export function describePace(bytesPerSecond: number | null, msLeft: number | null): string {
  const rate = bytesPerSecond === null || bytesPerSecond <= 0 ? "" : `${formatSize(bytesPerSecond)} a second`;
  return [rate, describeTimeLeft(msLeft)].filter((part) => part !== "").join(" · ");
}
