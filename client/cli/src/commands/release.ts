import type { OpenedRelease, RecipientView } from "@afterkeep/sdk";
import type { Command } from "commander";
import { join } from "node:path";
import { exitCodes } from "../failure.ts";
import type { CliContext } from "../context.ts";
import { formatDuration, formatMoment } from "../durations.ts";
import { writeDurably } from "../private-file.ts";
import type { Act } from "../act.ts";
import { formatBytes, showProgress } from "../progress.ts";
import { distinctPlace, placeBelow, saveStream } from "../save-file.ts";
import type { LinkOptions } from "../secret-input.ts";
import { enter, olderLines } from "./recipient.ts";
import { type SaveOptions, saveInto, unsureLines } from "./release-save.ts";

type Options = LinkOptions & { readonly link?: string };
type OpenOptions = Options & { readonly out: string };

export function addReleaseCommands(root: Command, act: Act): void {
  const release = root.command("release").description("as a recipient: what was released to you");
  const linked = (command: Command): Command =>
    command
      .option("--link <url>", "the link of the mail (- reads it from stdin)")
      .option("--link-file <file>", "read the link from a file");
  linked(release.command("list").description("list what was released to you")).action(
    (options: Options, command: Command) =>
      act(command, async (context) => {
        const view = await enter(context, options.link, options);
        const { releases, mayAsk, requests, isChainOlder } = view;
        const lines = [
          ...olderLines(view),
          ...(releases.length === 0 ? ["Nothing was released to you."] : []),
          ...releases.map(({ b, stage, opensAt }) => `${b}  ${stage}  opens ${formatMoment(opensAt)}`),
          ...mayAsk.map(({ b, waitMs }) =>
            askableLine(
              b,
              waitMs,
              requests.find((one) => one.b === b),
            ),
          ),
        ];
        return { json: { releases, mayAsk, requests, isChainOlder }, text: lines.join("\n") };
      }),
  );
  linked(
    release.command("ask <bequest>").description("ask for it, where the owner lets you; they are called first"),
  ).action((b: string, options: Options, command: Command) =>
    act(command, async (context) => {
      await enter(context, options.link, options);
      const asked = await context.afterkeep.askFor(b);
      const wait = formatDuration(asked.waitMs);
      return {
        json: asked,
        text: `Asked. The owner is being called; if they say nothing for ${wait} after that, it opens.`,
      };
    }),
  );
  linked(
    release.command("open <bequest>").description("open a release into a folder; ends with 3 if any of it is missing"),
  )
    .option("--out <folder>", "where to write it", "afterkeep-release")
    .action((b: string, options: OpenOptions, command: Command) =>
      act(command, async (context) => {
        await enter(context, options.link, options);
        return openInto(context, await context.afterkeep.openRelease(b), options.out);
      }),
    );
  linked(release.command("save <bequest>").description("save a release as a folder that opens without any server"))
    .option("--out <folder>", "where to write it", "afterkeep-saved")
    .option("--with-key", "put your key into it too, under a passphrase")
    .option("--passphrase-file <file>", "the passphrase for that")
    .action((b: string, options: Options & SaveOptions, command: Command) =>
      act(command, async (context) => {
        await enter(context, options.link, options);
        return saveInto(context, await context.afterkeep.openRelease(b), options);
      }),
    );
}

function askableLine(b: string, waitMs: number, asked: RecipientView["requests"][number] | undefined): string {
  if (asked === undefined) return `${b}  you may ask for it; the owner then has ${formatDuration(waitMs)} to say no`;
  return asked.isOpen
    ? `${b}  asked; opens in ${formatDuration(asked.leftMs)} without an answer`
    : `${b}  asked; the owner said no`;
}

/** What is whole was saved even where something is missing; the exit code says that it is not everything. */
async function openInto({ terminal, signal }: CliContext, opened: OpenedRelease, folder: string) {
  const taken = new Set<string>();
  const files: { doc: string; file: string; bytes: number }[] = [];
  for (const { doc, name, folder: inside } of opened.documents) {
    const { stream } = await opened.download(doc, {
      signal,
      onProgress: (done, total) => showProgress(terminal, name, done, total),
    });
    const file = distinctPlace(taken, placeBelow(folder, inside, name));
    files.push({ doc, file, bytes: await saveStream(stream, file) });
  }
  const messageFile = distinctPlace(taken, join(folder, "message.txt"));
  if (opened.message !== "") await writeDurably(messageFile, opened.message);
  const text = [
    ...unsureLines(opened),
    ...(opened.older ? ["This is NOT the newest list that the owner signed."] : []),
    ...(opened.message === "" ? [] : [opened.message.trimEnd(), ""]),
    ...missingLines(opened.missing),
    ...files.map(({ file, bytes }) => `${file} (${formatBytes(bytes)})`),
  ];
  const { b, decidedAt, older, isChainOlder, message, missing } = opened;
  const exitCode = missing.length === 0 ? exitCodes.done : exitCodes.refused;
  return { json: { b, decidedAt, older, isChainOlder, message, files, missing }, text: text.join("\n"), exitCode };
}

function missingLines(missing: OpenedRelease["missing"]): string[] {
  if (missing.length === 0) return [];
  return [
    `${missing.length} more ${missing.length === 1 ? "document was" : "documents were"} left to you that the server does not have whole:`,
    ...missing.map(({ doc }) => `  ${doc}`),
    "Ask whoever runs the server; what is below was verified.",
  ];
}
