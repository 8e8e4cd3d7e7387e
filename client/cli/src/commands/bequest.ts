import { readFile } from "node:fs/promises";
import {
  type ArmPreview,
  type BequestDraft,
  type BequestInfo,
  dayMs,
  defaultTimes,
  isKitOfUse,
  weakOf,
} from "@afterkeep/sdk";
import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { formatDuration, formatMoment, parseDuration } from "../durations.ts";
import type { Act } from "../act.ts";
import { type KitOptions, readKitWords } from "../secret-input.ts";
import { UsageError } from "../usage-error.ts";
import { parseWays, waysLine } from "../ways-to-check-in.ts";
import { answerOf } from "./check-in.ts";

type DraftOptions = {
  readonly title?: string;
  readonly messageFile?: string;
  readonly to?: readonly string[];
  readonly mayAsk?: readonly string[];
  readonly document?: readonly string[];
  readonly interval?: string;
  readonly reminders?: string;
  readonly grace?: string;
  readonly lastCall?: string;
  readonly accept?: readonly string[];
};
type ArmOptions = KitOptions & {
  readonly yes?: boolean;
  readonly acceptUnverified?: boolean;
  readonly withKit?: boolean;
};
type DisarmOptions = { readonly all?: boolean };
type PauseOptions = { readonly all?: boolean; readonly for?: string };

export function addBequestCommands(root: Command, act: Act): void {
  const bequest = root.command("bequest").description("what goes to whom if you stop checking in");
  withDraftOptions(bequest.command("create").description("plan a bequest; nothing counts before it is armed"))
    .requiredOption("--title <title>", "your own name for it; recipients never see it")
    .action((options: DraftOptions, command: Command) => act(command, (context) => create(context, options)));
  withDraftOptions(
    bequest
      .command("update <bequest>")
      .description("change a bequest; what is armed changes its documents and message at once"),
  )
    .option("--title <title>", "your own name for it")
    .action((b: string, options: DraftOptions, command: Command) =>
      act(command, (context) => update(context, b, options)),
    );
  bequest
    .command("list")
    .description("list your bequests")
    .action((_options, command: Command) =>
      act(command, async ({ afterkeep }) => {
        const bequests = await afterkeep.listBequests();
        return { json: { bequests }, text: bequests.length === 0 ? "None yet." : bequests.map(lineOf).join("\n") };
      }),
    );
  bequest
    .command("show <bequest>")
    .description("show one bequest, with the words of the people in it")
    .action((b: string, _options, command: Command) => act(command, (context) => show(context, b)));
  bequest
    .command("arm <bequest>")
    .description("arm it: from then on it is released if you stop checking in")
    .option("--yes", "do not ask after showing people, words and times")
    .option("--accept-unverified", "arm although words were never compared with somebody")
    .option(
      "--with-kit",
      "ask for the 24 words of your recovery kit, which also sign: a first arming then need not wait for a week",
    )
    .option("--kit-file <file>", "the same, with the words read from a file: the 24 words or the kit's whole page")
    .action((b: string, options: ArmOptions, command: Command) =>
      act(command, (context) => armOne(context, b, options)),
    );
  bequest
    .command("disarm [bequest]")
    .description("disarm it: nothing of it is released any more")
    .option("--all", "disarm everything")
    .action((b: string | undefined, options: DisarmOptions, command: Command) =>
      act(command, async ({ afterkeep }) => {
        if ((b === undefined) !== (options.all === true)) throw new UsageError("Name a bequest, or --all.");
        return answerOf(b === undefined ? await afterkeep.disarmAll() : await afterkeep.disarm(b), "Disarmed.");
      }),
    );
  bequest
    .command("refuse [bequest]")
    .description("say no to whoever asks for it; every check-in without --leave does the same of everything")
    .option("--all", "refuse whatever anybody asks for")
    .action((b: string | undefined, options: DisarmOptions, command: Command) =>
      act(command, (context) => refuseSome(context, b, options)),
    );
  bequest
    .command("pause [bequest]")
    .description("pause it: nothing runs until the pause ends, then the full time begins")
    .requiredOption("--for <duration>", "how long (up to 365d); 0d ends a pause")
    .option("--all", "pause everything")
    .action((b: string | undefined, options: PauseOptions, command: Command) =>
      act(command, (context) => pauseSome(context, b, options)),
    );
}

async function refuseSome({ afterkeep }: CliContext, b: string | undefined, { all }: DisarmOptions) {
  if ((b === undefined) !== (all === true)) throw new UsageError("Name a bequest, or --all.");
  return answerOf(b === undefined ? await afterkeep.refuseAll() : await afterkeep.refuse(b), "Refused.");
}

async function pauseSome({ afterkeep }: CliContext, b: string | undefined, options: PauseOptions) {
  if ((b === undefined) !== (options.all === true)) throw new UsageError("Name a bequest, or --all.");
  const forMs = parseDuration(options.for ?? "");
  const result = b === undefined ? await afterkeep.pauseAll(forMs) : await afterkeep.pause(b, forMs);
  return answerOf(result, forMs === 0 ? "The pause is over." : "Paused.");
}

function withDraftOptions(command: Command): Command {
  return command
    .option("--message-file <file>", "your words to the recipients")
    .option("--to <person...>", "recipient ids, each with a delay after the release, such as ID:7d")
    .option(
      "--may-ask <person...>",
      "those who may ask for it, each with the time you have to say no, such as ID:14d (3d at least)",
    )
    .option("--document <document...>", "document ids")
    .option("--interval <duration>", "how long you may stay silent (1d to 366d)")
    .option("--reminders <durations>", "when to remind you, counted from the last sign: 15d,22d,27d")
    .option("--grace <duration>", "how long to keep reminding after that (1d to 180d)")
    .option("--last-call <duration>", "how long the last call lasts (12h at least)")
    .option(
      "--accept <way...>",
      "what counts for a while beside your own check-ins: link (of a mail), key (that may only check in), sign-in, or none (default: link)",
    );
}

async function create({ afterkeep }: CliContext, options: DraftOptions) {
  const empty = { title: "", message: "", recipients: [], documents: [], times: defaultTimes(30 * dayMs).times };
  const { b } = await afterkeep.createBequest(await draftOf(options, empty));
  return { json: { b }, text: `Planned as ${b}. Look at it with: afterkeep bequest show ${b}` };
}

async function update({ afterkeep }: CliContext, b: string, options: DraftOptions) {
  const { draft, state } = await afterkeep.getBequest(b);
  await afterkeep.updateBequest(b, await draftOf(options, draft));
  const again = state === "draft" || state === "disarmed" ? "" : " Recipients and times change when you arm it again.";
  return { json: { b }, text: `Changed.${again}` };
}

async function draftOf(options: DraftOptions, before: BequestDraft): Promise<BequestDraft> {
  const { to, document } = options;
  return {
    title: options.title ?? before.title,
    message: options.messageFile === undefined ? before.message : await readFile(options.messageFile, "utf8"),
    recipients: withRequests(to === undefined ? before.recipients : to.map(parseRecipient), options.mayAsk),
    documents: document === undefined ? before.documents : document.map(parseDocumentId),
    times: timesOf(options, before.times),
    ...weakPart(options.accept, before),
  };
}

/** Said as a whole, as who may ask is. */
function weakPart(accept: readonly string[] | undefined, { weak }: BequestDraft): Pick<BequestDraft, "weak"> {
  if (accept !== undefined) return { weak: parseWays(accept) };
  return weak === undefined ? {} : { weak };
}

/** Who may ask is said as a whole: those who are not named any more may not. */
function withRequests(
  recipients: BequestDraft["recipients"],
  mayAsk: readonly string[] | undefined,
): BequestDraft["recipients"] {
  if (mayAsk === undefined) return recipients;
  const waits = new Map(mayAsk.map(parseWait));
  const unknown = [...waits.keys()].find((r) => !recipients.some((one) => one.r === r));
  if (unknown !== undefined) throw new UsageError(`${unknown} receives nothing of this bequest.`);
  return recipients.map(({ r, delay }) => ({ r, delay, requestWait: waits.get(r) ?? 0 }));
}

function parseWait(text: string): [string, number] {
  const [r = "", wait = ""] = text.split(":");
  return [parseDocumentId(r), parseDuration(wait)];
}

type Times = BequestDraft["times"];

function timesOf({ interval, reminders, grace, lastCall }: DraftOptions, before: Times): Times {
  const base =
    interval === undefined
      ? before
      : { ...defaultTimes(parseDuration(interval)).times, grace: before.grace, lastCall: before.lastCall };
  return {
    interval: base.interval,
    reminders: reminders === undefined ? base.reminders : reminders.split(",").map(parseDuration),
    grace: grace === undefined ? base.grace : parseDuration(grace),
    lastCall: lastCall === undefined ? base.lastCall : parseDuration(lastCall),
  };
}

type Id = BequestDraft["documents"][number];

function parseRecipient(text: string): BequestDraft["recipients"][number] {
  const [r = "", delay] = text.split(":");
  return { r: parseDocumentId(r), delay: delay === undefined ? 0 : parseDuration(delay) };
}

function parseDocumentId(text: string): Id {
  if (isId(text)) return text;
  throw new UsageError(`"${text}" is not an id.`);
}

function isId(text: string): text is Id {
  return /^[A-Za-z0-9_-]{21}[AQgw]$/.test(text);
}

async function show({ afterkeep }: CliContext, b: string) {
  const bequest = await afterkeep.getBequest(b);
  return {
    json: bequest,
    text: [lineOf(bequest), ...timesLines(bequest.draft.times), waysLine(weakOf(bequest.draft))].join("\n"),
  };
}

async function armOne(context: CliContext, b: string, options: ArmOptions) {
  const { afterkeep, terminal } = context;
  const preview = await afterkeep.previewArming(b);
  const isWithKit = options.withKit === true || options.kitFile !== undefined;
  if (isWithKit) await afterkeep.expectKitOfUse(b, preview);
  terminal.note(
    [
      "You are about to arm this:",
      ...preview.recipients.map(
        ({ name, email, words, delay, requestWait, verified }) =>
          `  ${name} <${email}>${delay === 0 ? "" : ` after ${formatDuration(delay)}`}${requestWait === 0 ? "" : `, may ask (you then have ${formatDuration(requestWait)} to say no)`}, ${verified}: ${words.join(" ")}`,
      ),
      ...preview.documents.map(({ name, folder }) => `  ${folder === "" ? name : `${folder}/${name}`}`),
      ...timesLines(preview.times),
      waysLine(preview.weak, preview.weakMax),
      `  The last call goes to you at ${preview.email}.`,
      ...messageLines(preview.message),
      ...firstLines(preview, isWithKit),
      ...preview.warnings.map((warning) => `  Note: ${warning}`),
    ].join("\n"),
  );
  if (options.yes !== true) await confirm(terminal);
  const kit = isWithKit ? await readKitWords(terminal, options) : null;
  const result = await afterkeep.arm(b, {
    preview,
    ...(kit === null ? {} : { kit }),
    acceptUnverified: options.acceptUnverified ?? false,
    onProgress: (step, done, total) => terminal.progress(`${step} ${done} of ${total}`),
  });
  return answerOf(result, "Armed.", {
    words: Object.fromEntries(preview.recipients.map(({ r, words }) => [r, words])),
  });
}

/** Nothing where the first week changes nothing: then its own times are longer. */
function firstLines(preview: ArmPreview, isWithKit: boolean): string[] {
  if (!isKitOfUse(preview)) return [];
  return [
    isWithKit
      ? "  It is armed for the first time, and your recovery kit signs too: it need not wait for a week, and the times above count from the first day on."
      : "  It is armed for the first time: in the first seven days nothing is released, whatever the times above. If you leave for somewhere dangerous sooner, arm it with --with-kit.",
  ];
}

async function confirm(terminal: CliContext["terminal"]): Promise<void> {
  if (!terminal.isInteractive) throw new UsageError("Look at this first, then give --yes.");
  const answer = await terminal.ask("Are the people, words and times right? Type yes: ");
  if (answer !== "yes") throw new UsageError("Nothing was armed.");
}

function messageLines(message: string): string[] {
  return message === ""
    ? []
    : [
        "  Your message:",
        ...message
          .trimEnd()
          .split("\n")
          .map((line) => `    ${line}`),
      ];
}

function timesLines(times: Times): string[] {
  return [
    `  If you are silent for ${formatDuration(times.interval)} (reminders after ${times.reminders.map(formatDuration).join(", ")}),`,
    `  then ${formatDuration(times.grace)} of grace and a last call of ${formatDuration(times.lastCall)}, it is released.`,
  ];
}

function lineOf({ b, draft, state, earliestMs }: BequestInfo): string {
  const people = `${draft.recipients.length} ${draft.recipients.length === 1 ? "person" : "people"}`;
  return `${b}  ${state}  "${draft.title}"  ${draft.documents.length} documents for ${people}; earliest release ${formatMoment(earliestMs)}`;
}
