import { mkdir, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { ProblemError, writeDelegateKey } from "@afterkeep/sdk";
import type { Command } from "commander";
import type { Act } from "../act.ts";
import type { CliContext } from "../context.ts";
import { createPrivateFile, writeDurably } from "../private-file.ts";
import type { Answer } from "../run-program.ts";
import { answerOf } from "./check-in.ts";

export function addDelegateCommands(root: Command, act: Act): void {
  const delegate = root
    .command("delegate")
    .description("keys for a job or an appliance: they can check in for you, for a while, and do nothing else");
  delegate
    .command("create")
    .description("certify a new key and write it to a file; it counts only for bequests that accept it")
    .requiredOption("--out <file>", "where to write the key, which must not exist")
    .action((options: { readonly out: string }, command: Command) =>
      act(command, (context) => create(context, options.out)),
    );
  delegate
    .command("list")
    .description("list them by their public keys")
    .action((_options, command: Command) =>
      act(command, async ({ afterkeep }) => {
        const delegates = await afterkeep.listDelegates();
        const text = delegates.length === 0 ? "None." : delegates.map(({ key }) => key).join("\n");
        return { json: { delegates }, text };
      }),
    );
  delegate
    .command("revoke <key>")
    .description("its check-ins count no more, for good")
    .action((key: string, _options, command: Command) =>
      act(command, async ({ afterkeep }) => answerOf(await afterkeep.revokeDevice(key), "Revoked.")),
    );
}

async function create({ afterkeep }: CliContext, out: string): Promise<Answer> {
  const path = resolve(out);
  await mkdir(dirname(path), { recursive: true });
  // Why before the server is asked: a key that was certified and cannot be kept would be one that nobody can use and nobody misses.
  await createPrivateFile(path);
  let isKept = false;
  const { key, result } = await afterkeep
    .createDelegate(async (delegate) => {
      await writeDurably(path, writeDelegateKey(delegate));
      isKept = true;
    })
    .catch(async (error: unknown) => {
      // Why not always: what was kept may have been certified, though no answer came.
      if (!isKept || error instanceof ProblemError) await rm(path, { force: true });
      throw error;
    });
  const lines = [
    `The key ${key} may check in for you, and do nothing else.`,
    `It is in ${path}. Whoever has this file can check in as it does, so give it to the job alone.`,
    `The job says that you are here with: afterkeep checkin --key ${path}`,
    "It counts only for a bequest that accepts it, and for a while: afterkeep bequest update <bequest> --accept link key, then arm it again.",
    `Take it away with: afterkeep delegate revoke ${key}`,
  ];
  return answerOf(result, lines.join("\n"), { key, file: path });
}
