const format = new Intl.DateTimeFormat("en-GB", {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "UTC",
});

/** A moment in words, in UTC: `Thursday 6 May 2027 at 07:08 UTC`. */
export function showDate(ms: number): string {
  // Why from parts: the commas between them differ from one version of the locale data to the next.
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  const date = ["weekday", "day", "month", "year"] as const;
  return `${date.map((part) => parts.get(part)).join(" ")} at ${parts.get("hour")}:${parts.get("minute")} UTC`;
}
