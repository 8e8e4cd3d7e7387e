import type { OutageInfo, StatusInfo, SwitchInfo } from "@afterkeep/sdk";
import type { Command } from "commander";
import { formatDuration, formatMoment } from "../durations.ts";
import { looseningLines } from "../loosening-lines.ts";
import type { Act } from "../act.ts";

export function addStatusCommand(root: Command, act: Act): void {
  root
    .command("status")
    .description("where each of your bequests stands, and which times did not count")
    .action((_options, command: Command) =>
      act(command, async ({ afterkeep }) => {
        const status = await afterkeep.status();
        const { lastReceipt, ...shown } = status;
        return { json: { ...shown, lastReceiptAt: lastReceipt?.at ?? null }, text: textOf(status) };
      }),
    );
}

type Shown = Pick<
  StatusInfo,
  "now" | "switches" | "outages" | "attendedPercent" | "unheard" | "restored" | "loosenings"
>;

export function textOf(shown: Shown): string {
  const { now, switches, outages, attendedPercent, unheard, restored, loosenings } = shown;
  const until = switches.find(({ frozenUntilMs }) => frozenUntilMs !== null)?.frozenUntilMs ?? null;
  const isNothing = switches.length + unheard.length === 0;
  const stands = [...(isNothing ? ["Nothing is armed."] : switches.map(lineOf)), ...unheardLines(unheard)];
  const lost = outages.map((outage) => `    ${describeOutage(outage, now)}`);
  const uncounted =
    lost.length === 0 ? [] : ["These times were not counted, so they are no silence of yours:", ...lost];
  const first = [
    ...restoredLines(restored),
    ...frozenLines(until),
    ...looseningLines(loosenings, now),
    ...shortWeekLines(attendedPercent),
  ];
  return [...first, ...stands, ...uncounted].join("\n");
}

/** Why nothing runs, and until when; empty where everything does. */
export function frozenLines(untilMs: number | null): string[] {
  if (untilMs === null) return [];
  return [
    `Two operators of this server froze everything: no time is counted and nothing is handed over. It ends by itself ${formatMoment(untilMs)} if all time counts, or sooner.`,
  ];
}

/** Why dates are later than they were: empty where enough of the last week counted. */
function shortWeekLines(percent: StatusInfo["attendedPercent"]): string[] {
  if (percent === null) return [];
  return [
    `Only ${percent} % of the last week counted: your server was off, could not be reached, or was unsure of the time. Dates move later by as much; nothing can come early.`,
  ];
}

/** Until the owner says that they have looked. */
export function restoredLines(restored: StatusInfo["restored"]): string[] {
  if (restored === null) return [];
  return [
    restored.isChainOlder
      ? "The server and its keyholder were restored from a backup: what you changed since then is gone, also people and documents."
      : "The keyholder was restored from a backup, or its clock had been wrong: some of what you changed may not count any more.",
    "Look at your people, your devices and every bequest: stop again what you had stopped, and arm again what is not as you want it. Then: afterkeep account confirm-restore",
  ];
}

/** What the last check-in, or the one just made, did not count for. */
export function unheardLines(unheard: StatusInfo["unheard"]): string[] {
  if (unheard.length === 0) return [];
  return [
    "The check-in did NOT count for these, whose record the keyholder cannot read:",
    ...unheard.map(({ b, title }) => `  ${b}${title === "" ? "" : `  "${title}"`}`),
    "Tell whoever runs the server: the record must be mended, or the keyholder restored from a backup.",
  ];
}

function lineOf(row: SwitchInfo): string {
  const date = `not before ${formatMoment(row.earliestMs)}${row.isProven ? "" : " (unsigned)"}`;
  const waits = row.waitsFor === "" ? "" : `, waits for ${row.waitsFor}`;
  const stopped =
    row.stoppedAt === null ? "" : `, by you on ${formatMoment(row.stoppedAt)} (on this device or another of yours)`;
  const slots = row.slots.map(({ r, stage }) => `\n    ${r} ${stage}`).join("");
  const asked = row.requests
    .map(({ request, r, isOpen, leftMs }) =>
      isOpen
        ? `\n    ${r} asks for it (request ${request}): opens in ${formatDuration(leftMs)}`
        : `\n    ${r} asked, refused`,
    )
    .join("");
  return `${row.b}  ${row.state}${stopped}  "${row.title}"  ${date}; silent for ${formatDuration(row.usedMs)}${waits}${slots}${asked}`;
}

const reasons: Record<OutageInfo["reason"], string> = {
  away: "the service was off",
  unreachable: "the service could not be reached",
  clock: "the clock was in doubt",
};

/** Why no dates of one that is still to come: the clock that named them was wrong. */
function describeOutage({ untilMs, lengthMs, reason }: OutageInfo, now: number): string {
  if (untilMs > now) return "a while in which the clock was wrong";
  const span = `${formatMoment(untilMs - lengthMs)} to ${formatMoment(untilMs)}`;
  return `${span} (${formatDuration(lengthMs)}): ${reasons[reason]}`;
}
