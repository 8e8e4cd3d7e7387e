import type { DocumentVersion } from "@afterkeep/sdk";
import type { Command } from "commander";
import type { Act } from "../../act.ts";
import type { CliContext } from "../../context.ts";
import { formatMoment } from "../../durations.ts";
import { formatBytes } from "../../progress.ts";
import { UsageError } from "../../usage-error.ts";
import { lineOf, placeOf } from "./lines.ts";

type PolicyOptions = { readonly keep?: string; readonly days?: string };

export function addVersionCommands(document: Command, act: Act): void {
  document
    .command("versions <document>")
    .description("list the versions of a document that are kept")
    .action((doc: string, _options, command: Command) =>
      act(command, async ({ afterkeep }) => {
        const versions = await afterkeep.listVersions(doc);
        return { json: { versions }, text: versions.map(versionLine).join("\n") };
      }),
    );
  document
    .command("restore <document> <version>")
    .description("make an earlier version the current one; nothing is lost by it")
    .action((doc: string, ver: string, _options, command: Command) =>
      act(command, async ({ afterkeep }) => {
        const info = await afterkeep.restoreVersion(doc, ver);
        return { json: { document: info }, text: lineOf(info) };
      }),
    );
  document
    .command("policy")
    .description("show or set how many earlier versions are kept, and for how long")
    .option("--keep <count>", "versions of each document, the current one included")
    .option("--days <days>", "days until an earlier version goes; 0 for no limit")
    .action((options: PolicyOptions, command: Command) => act(command, (context) => policy(context, options)));
}

async function policy({ afterkeep }: CliContext, { keep, days }: PolicyOptions) {
  const before = await afterkeep.versionPolicy();
  const wanted = {
    keepVersions: keep === undefined ? before.keepVersions : parseCount(keep, "--keep"),
    keepDays: days === undefined ? before.keepDays : parseCount(days, "--days"),
  };
  if (keep !== undefined || days !== undefined) await afterkeep.setVersionPolicy(wanted);
  const limit = wanted.keepDays === 0 ? "without a limit by age" : `for ${wanted.keepDays} days`;
  const text = `${wanted.keepVersions} versions of each document are kept, the current one included; earlier ones ${limit}.`;
  return { json: wanted, text };
}

function parseCount(text: string, option: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new UsageError(`${option} is a whole number.`);
  return Number(text);
}

function versionLine(version: DocumentVersion): string {
  const { ver, size, since, isCurrent } = version;
  const mark = isCurrent ? "  (current)" : "";
  return `${ver}  ${formatBytes(size).padStart(8)}  ${formatMoment(since)}  ${placeOf(version)}${mark}`;
}
