import type { SwitchInfo } from "@afterkeep/sdk";
import type { Command } from "commander";
import { formatDuration, formatMoment } from "../durations.ts";
import type { Act } from "../act.ts";

export function addStatusCommand(root: Command, act: Act): void {
  root
    .command("status")
    .description("where each of your bequests stands")
    .action((_options, command: Command) =>
      act(command, async ({ afterkeep }) => {
        const { now, mode, switches, lastReceipt } = await afterkeep.status();
        const text = switches.length === 0 ? "Nothing is armed." : switches.map(lineOf).join("\n");
        return { json: { now, mode, switches, lastReceiptAt: lastReceipt?.at ?? null }, text };
      }),
    );
}

function lineOf(row: SwitchInfo): string {
  const date = `not before ${formatMoment(row.earliestMs)}${row.isProven ? "" : " (unsigned)"}`;
  const waits = row.waitsFor === "" ? "" : `, waits for ${row.waitsFor}`;
  const slots = row.slots.map(({ r, stage }) => `\n    ${r} ${stage}`).join("");
  const asked = row.requests
    .map(({ request, r, isOpen, leftMs }) =>
      isOpen
        ? `\n    ${r} asks for it (request ${request}): opens in ${formatDuration(leftMs)}`
        : `\n    ${r} asked, refused`,
    )
    .join("");
  return `${row.b}  ${row.state}  "${row.title}"  ${date}; silent for ${formatDuration(row.usedMs)}${waits}${slots}${asked}`;
}
