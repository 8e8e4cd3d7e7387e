import type { LooseningInfo } from "@afterkeep/sdk";
import { formatMoment } from "./durations.ts";

/**
 * Changes that give more, or sooner, and cool; first those that were not signed on this device, for whoever reads this may be the only one to stop them.
 * @param now product ms
 */
export function looseningLines(loosenings: readonly LooseningInfo[], now: number): string[] {
  const [own, others] = [true, false].map((isOwn) => loosenings.filter((one) => one.isOwn === isOwn));
  return [
    ...sectionOf(others, now, {
      first: "Somebody with your keys changed these to give more, or sooner. It was NOT signed on this device:",
      last: "If this was not you: stop it before then. It is over at once when you disarm the bequest (afterkeep bequest disarm BEQUEST) or arm it anew as you want it (afterkeep bequest arm BEQUEST). Then look at your devices (afterkeep device list).",
    }),
    ...sectionOf(own, now, {
      first: "These were changed on this device to give more, or sooner:",
      last: "To take it back, or if it was not you, disarm the bequest (afterkeep bequest disarm BEQUEST) or arm it anew as you want it.",
    }),
  ];
}

function sectionOf(
  loosenings: readonly LooseningInfo[] = [],
  now: number,
  { first, last }: { first: string; last: string },
): string[] {
  return loosenings.length === 0 ? [] : [first, ...loosenings.map((one) => lineOf(one, now)), last];
}

/** Why two words: what was signed may be older than the end of the cooling, and nothing signed says whether it binds since. */
function lineOf({ b, title, bindsMs, isProven }: LooseningInfo, now: number): string {
  const when = bindsMs > now ? "not in force before" : "may be in force since";
  return `  ${b}  ${title === "" ? "" : `"${title}"  `}${when} ${formatMoment(bindsMs)}${isProven ? "" : " (unsigned)"}`;
}
