const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** Where dates are read: the person's own locale and time zone unless a test names them. */
export type Reader = { locale?: string; timeZone?: string };

/** `Saturday, 21 November 2026` in the reader's own language and zone. */
export function formatDay(ms: number, reader: Reader = {}): string {
  return new Intl.DateTimeFormat(reader.locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: reader.timeZone,
  }).format(ms);
}

/** `Saturday, 21 November 2026 at 14:05`: day, hour and minute, for everything that may open or count. */
export function formatMoment(ms: number, reader: Reader = {}): string {
  const text = new Intl.DateTimeFormat(reader.locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "numeric",
    minute: "2-digit",
    timeZone: reader.timeZone,
  }).format(ms);
  // An hour torn from its "at" or its "PM" by a line break is easily misread.
  return text.replace(/ (?=[AP]M$)/, "\u00a0").replace(/ (?=\d+:\d\d)/, "\u00a0");
}

/** `21 Nov 2026`, for lists. */
export function formatShortDay(ms: number, reader: Reader = {}): string {
  return new Intl.DateTimeFormat(reader.locale, {
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: reader.timeZone,
  }).format(ms);
}

/** `21 Nov 2026, 14:05`, for lists in which the hour matters. */
export function formatShortMoment(ms: number, reader: Reader = {}): string {
  return new Intl.DateTimeFormat(reader.locale, {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "numeric",
    minute: "2-digit",
    timeZone: reader.timeZone,
  }).format(ms);
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/** A length of time in the largest whole units that say it without lying: `44 days`, `2 days 6 hours`, `45 minutes`. */
export function formatSpan(ms: number): string {
  if (ms < 60_000) return "less than a minute";
  if (ms < 2 * hourMs) return counted(Math.floor(ms / 60_000), "minute");
  if (ms < 2 * dayMs) return counted(Math.floor(ms / hourMs), "hour");
  const days = Math.floor(ms / dayMs);
  const hours = Math.floor((ms - days * dayMs) / hourMs);
  return hours === 0 || days >= 7 ? counted(days, "day") : `${counted(days, "day")} ${counted(hours, "hour")}`;
}

/** How far off a moment is, seen from `nowMs`. Rounded towards now, so that it never promises more time than there is. */
export function formatDistance(ms: number, nowMs: number): string {
  if (ms > nowMs) return `in ${formatSpan(ms - nowMs)}`;
  return nowMs - ms < 60_000 ? "just now" : `${formatSpan(nowMs - ms)} ago`;
}
