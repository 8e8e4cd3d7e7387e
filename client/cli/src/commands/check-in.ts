import type { CheckInResult } from "@afterkeep/sdk";
import type { Command } from "commander";
import type { CliContext, GlobalOptions } from "../context.ts";
import { checkInWithKey } from "../check-in-with-key.ts";
import { UsageError } from "../usage-error.ts";
import type { Answer, ProgramRun } from "../run-program.ts";
import { formatDuration, formatMoment } from "../durations.ts";
import { keyholderOption, type KeyholderOptions, pinGiven } from "../keyholder-option.ts";
import type { Act } from "../act.ts";
import { looseningLines } from "../loosening-lines.ts";
import { frozenLines, restoredLines, unheardLines } from "./status.ts";
import { type LinkOptions, readLinkToken } from "../secret-input.ts";

type Options = LinkOptions & KeyholderOptions & { readonly link?: string; readonly leave?: readonly string[] };
type KeyOptions = Options & GlobalOptions & { readonly key?: string };

/** @param run for a check-in with a key's file, which needs nothing else of this device */
export function addCheckInCommand(root: Command, act: Act, run: ProgramRun): void {
  root
    .command("checkin")
    .description("say that you are here; exit code 4 means that it did NOT count")
    .option("--leave <request...>", "requests that may go on; without, this refuses whatever recipients ask for")
    .option("--link <url>", "check in with the link of a reminder (- reads it from stdin)")
    .option("--link-file <file>", "read the link from a file")
    .option("--key <file>", "check in with a key that may do nothing else; needs neither passphrase nor session")
    .option(...keyholderOption)
    .action((options: Options, command: Command) => {
      const { key, server, json, ...rest }: KeyOptions = command.optsWithGlobals();
      if (key !== undefined) {
        if (Object.keys(rest).length > 0) throw new UsageError("--key stands alone: such a key answers nothing.");
        return run.answer(json === true, async () =>
          answerOf(await checkInWithKey(key, server), "Checked in with a key; the keyholder confirmed it."),
        );
      }
      return act(command, async ({ afterkeep, terminal }) => {
        await pinGiven(afterkeep, options);
        const hasLink = options.link !== undefined || options.linkFile !== undefined;
        const leave = options.leave === undefined ? [] : await namedRequests(afterkeep, options.leave);
        if (!hasLink) return answerOf(await afterkeep.checkIn({ leave }), "Checked in; the keyholder confirmed it.");
        const token = await readLinkToken(terminal, options.link, options);
        return answerOf(await afterkeep.checkInByToken(token), "Checked in by mail link; the keyholder confirmed it.");
      });
    });
}

async function namedRequests(afterkeep: CliContext["afterkeep"], ids: readonly string[]) {
  const pending = await afterkeep.pendingRequests();
  return ids.map((id) => {
    const found = pending.find(({ request }) => request === id);
    if (found === undefined) throw new UsageError(`Nobody asks for anything under ${id}.`);
    return found;
  });
}

const unchecked = [
  "The server answered that your check-in by mail link counted.",
  "This device has not seen this keyholder before, so the answer could not be checked against anything.",
  "Check in on a device of yours, or give the fingerprint of your recovery kit with --keyholder.",
].join("\n");

/** Of a sign that counts for a while: for what, and for how long. */
function countedLines(countedFor: CheckInResult["countedFor"]): string[] {
  if (countedFor === null) return [];
  return [
    "It counted for these alone, as no sign of your own does. Unless you check in yourself, such signs count no longer than about",
    ...countedFor.map(
      ({ b, title, untilMs }) => `  ${b}  ${title === "" ? "" : `"${title}"  `}${formatMoment(untilMs)}`,
    ),
  ];
}

/** What an older plan is gone by for, or none. */
function lapsedLines(lapsed: CheckInResult["lapsed"]): string[] {
  if (lapsed.length === 0) return [];
  return [
    "Since a restore your newest plan does NOT count for these; the keyholder goes by an older one, or has none. Look at them, and arm them again:",
    ...lapsed.map(({ b, title }) => `  ${b}${title === "" ? "" : `  "${title}"`}`),
  ];
}

/** From where the keyholder sees that it can be reached: only then time counts as the owner's silence. */
const reachedFrom: Record<CheckInResult["probe"], string> = {
  outside: "from outside",
  public: "at its public address, as its own machine sees it",
  lan: "at its address in the local network, as its own machine sees it",
  self: "by itself alone: whether anybody else could reach it is not seen",
};

/** What a weak sign did to what was decided, and what stops that. */
function handOverLines(handOvers: CheckInResult["handOvers"]): string[] {
  return handOvers.map(({ b, title, waitsUntilMs }) => {
    const what = title === "" ? b : `${b} "${title}"`;
    return waitsUntilMs === null
      ? `The hand-over of ${what} goes on: this did NOT stop it. Sign in and check in to stop it.`
      : `The hand-over of ${what} waits until ${formatMoment(waitsUntilMs)} at the earliest, and then goes on. Sign in and check in to stop it.`;
  });
}

/** What a receipt proved, and no more. The most important date comes first. */
export function answerOf(result: CheckInResult, headline: string, more: object = {}): Answer {
  const lines = [
    result.pinned ? headline : unchecked,
    `The earliest moment anything can be released: ${formatMoment(result.earliestMs)}`,
    ...result.rows.map(
      (row) =>
        `  ${row.b}  ${row.state}  ${row.title === "" ? "" : `"${row.title}"  `}not before ${formatMoment(row.earliestMs === 0 ? null : row.earliestMs)}`,
    ),
    ...handOverLines(result.handOvers),
    ...restoredLines(result.restored),
    ...lapsedLines(result.lapsed),
    ...looseningLines(result.loosenings, result.at),
    ...unheardLines(result.unheard),
    ...countedLines(result.countedFor),
    ...frozenLines(result.frozenUntilMs),
    ...result.pending.map(
      ({ request, b, r, left }) =>
        `  Goes on: request ${request} of ${r} for ${b}; it can open in ${formatDuration(left)}`,
    ),
    `Time counts while the keyholder is reached ${reachedFrom[result.probe]}.`,
    ...(result.mode === "demo" ? ["This is a demo: time runs faster here, and nothing in it is real."] : []),
    ...(result.unknownChanges
      ? ["It counted, but under changes that this device cannot verify. Sign in and look at your bequests."]
      : []),
  ];
  const { receipt, ...rest } = result;
  const { epoch, counter, statement } = receipt;
  return { json: { ...rest, epoch, counter, statement, ...more }, text: lines.join("\n") };
}
