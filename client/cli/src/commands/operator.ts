import { access, readFile } from "node:fs/promises";
import { decodeBase64urlExact, encodeBase64url } from "@afterkeep/bytes";
import { generateSigningKey, signingKeyFromSeed } from "@afterkeep/crypto";
import { dayMs, type FreezeInfo, type FreezeOrder } from "@afterkeep/sdk";
import type { Command } from "commander";
import type { Act } from "../act.ts";
import type { CliContext } from "../context.ts";
import { formatDuration, formatMoment } from "../durations.ts";
import { writeDurably } from "../private-file.ts";
import { keyholderOption, type KeyholderOptions, pinGiven } from "../keyholder-option.ts";
import type { Answer } from "../run-program.ts";
import { UsageError } from "../usage-error.ts";

type KeyOptions = KeyholderOptions & { readonly keyFile: string };
type FreezeOptions = KeyOptions & { readonly days: string };
type ConfirmOptions = KeyOptions & { readonly orderFile: string; readonly yes?: boolean };

const keyFile = ["--key-file <file>", "the file with your operator key"] as const;

/** For those who run a server: two of them together can stop everything for a while. */
export function addOperatorCommands(root: Command, act: Act): void {
  const operator = root
    .command("operator")
    .description("for those who run a server: stop everything while something is wrong, two people together");
  operator
    .command("key")
    .description("show your operator key's public half; makes the key if the file is not there")
    .requiredOption(...keyFile)
    .action(({ keyFile: path }: KeyOptions, command: Command) => act(command, () => showKey(path)));
  operator
    .command("status")
    .description("whether everything is frozen, and until when")
    .option(...keyholderOption)
    .action((options: KeyholderOptions, command: Command) =>
      act(command, async ({ afterkeep }) => {
        await pinGiven(afterkeep, options);
        return answerOf(await afterkeep.freeze());
      }),
    );
  operator
    .command("freeze")
    .description("sign an order to freeze everything, or to renew the freeze; another operator must confirm it")
    .requiredOption("--days <days>", "for how many days that count, 30 at most")
    .requiredOption(...keyFile)
    .option(...keyholderOption)
    .action((options: FreezeOptions, command: Command) =>
      act(command, (context) => signOrder(context, options, { what: "freeze", forMs: readDays(options.days) })),
    );
  operator
    .command("thaw")
    .description("sign an order to end the freeze; another operator must confirm it")
    .requiredOption(...keyFile)
    .option(...keyholderOption)
    .action((options: KeyOptions, command: Command) =>
      act(command, (context) => signOrder(context, options, { what: "thaw", forMs: 0 })),
    );
  operator
    .command("confirm")
    .description("sign another operator's order too, and send both")
    .requiredOption("--order-file <file>", "the file with their order (- reads it from stdin)")
    .requiredOption(...keyFile)
    .option("--yes", "do not ask after showing what it orders")
    .option(...keyholderOption)
    .action((options: ConfirmOptions, command: Command) => act(command, (context) => confirm(context, options)));
}

async function showKey(path: string): Promise<Answer> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isThere) await writeDurably(path, `${encodeBase64url(generateSigningKey().seed)}\n`);
  const publicKey = encodeBase64url(signingKeyFromSeed(await readSeed(path)).publicKey);
  const text = [
    `Your operator key: ${publicKey}`,
    "Whoever runs the server names the keys of all operators, separated by commas, in AFTERKEEP_OPERATORS and starts it anew.",
    `Keep ${path} on a machine of your own, apart from the server and from the other operators.`,
  ];
  return { json: { publicKey, made: !isThere }, text: text.join("\n") };
}

async function signOrder({ afterkeep }: CliContext, options: KeyOptions, order: FreezeOrder): Promise<Answer> {
  await pinGiven(afterkeep, options);
  const half = await afterkeep.signFreezeOrder(await readSeed(options.keyFile), order);
  const text = [
    half,
    "",
    `This orders ${describeOrder(order)}. It does nothing yet: send it to another operator, who confirms it within the hour with`,
    "  afterkeep operator confirm --order-file FILE --key-file FILE",
  ];
  return { json: { order: half, ...order }, text: text.join("\n") };
}

async function confirm({ afterkeep, terminal }: CliContext, options: ConfirmOptions): Promise<Answer> {
  await pinGiven(afterkeep, options);
  const seed = await readSeed(options.keyFile);
  const given = options.orderFile === "-" ? await terminal.readStdin() : await readFile(options.orderFile, "utf8");
  const half = (given.split(/\r?\n/)[0] ?? "").trim();
  const order = await afterkeep.readFreezeOrder(half);
  terminal.note(`This orders ${describeOrder(order)}.`);
  if (options.yes !== true) {
    if (!terminal.isInteractive) throw new UsageError("Look at this first, then give --yes.");
    if ((await terminal.ask("Do you order it too? Type yes: ")) !== "yes") throw new UsageError("Nothing was ordered.");
  }
  return answerOf(await afterkeep.confirmFreezeOrder(seed, half));
}

function describeOrder({ what, forMs }: FreezeOrder): string {
  return what === "thaw" ? "the end of the freeze" : `a freeze of everything for ${formatDuration(forMs)} that count`;
}

function answerOf(info: FreezeInfo): Answer {
  const { isFrozen, untilMs, leftMs, more, againMs } = info;
  const frozen = `Everything is frozen for ${formatDuration(leftMs)} more that count: until ${formatMoment(untilMs)} if all time does.`;
  const next =
    more > 0
      ? `${more === 1 ? "One more freeze" : `${more} more freezes`} may follow in this row.`
      : `No other freeze may follow before ${formatDuration(againMs)} have been counted.`;
  return { json: info, text: [isFrozen ? frozen : "Nothing is frozen.", next].join("\n") };
}

function readDays(text: string): number {
  const days = Number(text);
  if (!(days > 0 && days <= 30)) throw new UsageError("A freeze lasts 30 days at most.");
  return Math.round(days * dayMs);
}

async function readSeed(path: string): Promise<Uint8Array> {
  const text = (await readFile(path, "utf8")).trim();
  try {
    return decodeBase64urlExact(text, 32, "operator key");
  } catch {
    throw new UsageError(`${path} is no operator key. Make one with: afterkeep operator key`);
  }
}
