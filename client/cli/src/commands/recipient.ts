import { readFile } from "node:fs/promises";
import type { RecipientInfo, RecipientView } from "@afterkeep/sdk";
import type { Command } from "commander";
import type { CliContext } from "../context.ts";
import { writeDurably } from "../private-file.ts";
import type { Act } from "../act.ts";
import { type LinkOptions, type PassphraseOptions, readLinkToken, readPassphrase } from "../secret-input.ts";
import { UsageError } from "../usage-error.ts";

type VerifyOptions = { readonly words?: string; readonly unverified?: boolean };
type AcceptOptions = PassphraseOptions & LinkOptions & { readonly keyFile: string; readonly passphrase: boolean };
type UnlockOptions = PassphraseOptions & LinkOptions & { readonly keyFile?: string };

export function addRecipientCommands(root: Command, act: Act): void {
  const recipient = root.command("recipient").description("the people you leave things to; and being one of them");
  addOwnersSide(recipient, act);
  addRecipientsSide(recipient, act);
}

function addOwnersSide(recipient: Command, act: Act): void {
  recipient
    .command("invite")
    .description("invite somebody by e-mail")
    .requiredOption("--email <address>", "their address")
    .requiredOption("--name <name>", "what you call them (sealed)")
    .action((options: { email: string; name: string }, command: Command) =>
      act(command, async ({ afterkeep }) => {
        const { r } = await afterkeep.inviteRecipient(options);
        return { json: { r }, text: `${options.name} is invited (${r}).` };
      }),
    );
  recipient
    .command("reinvite <recipient>")
    .description("send the invitation again; earlier links stop working")
    .action((r: string, _options, command: Command) =>
      act(command, async ({ afterkeep }) => {
        await afterkeep.reinviteRecipient(r);
        return { json: { r }, text: "Sent again." };
      }),
    );
  recipient
    .command("list")
    .description("list your recipients")
    .action((_options, command: Command) =>
      act(command, async ({ afterkeep }) => {
        const recipients = await afterkeep.listRecipients();
        return {
          json: { recipients },
          text: recipients.length === 0 ? "Nobody yet." : recipients.map(lineOf).join("\n"),
        };
      }),
    );
  recipient
    .command("words <recipient>")
    .description("show the eight safety words to compare with them")
    .action((r: string, _options, command: Command) =>
      act(command, async ({ afterkeep }) => {
        const { words, digits, ageKey } = await afterkeep.safetyWordsOf(r);
        return {
          json: { r, words, digits, ageKey },
          text: `${words.join(" ")}\n${digits}\nAsk them to read theirs to you, by voice.`,
        };
      }),
    );
  recipient
    .command("verify <recipient>")
    .description("sign that this key is theirs, after comparing words")
    .option("--words <words>", "the words (or digits) they read to you")
    .option("--unverified", "pin the key although no words were compared")
    .action((r: string, options: VerifyOptions, command: Command) =>
      act(command, (context) => verify(context, r, options)),
    );
}

async function verify({ afterkeep, terminal }: CliContext, r: string, options: VerifyOptions) {
  if (options.words !== undefined && options.unverified === true)
    throw new UsageError("Either --words or --unverified.");
  const { words, ageKey } = await afterkeep.safetyWordsOf(r);
  if (options.unverified === true) {
    await afterkeep.pinRecipient(r, { verified: "none", ageKey });
    return { json: { r, verified: "none" }, text: "Pinned, not verified. Arming will ask you about it." };
  }
  const heard = options.words ?? (await askWords(terminal));
  await afterkeep.pinRecipient(r, { verified: "words", ageKey, words: heard });
  return { json: { r, verified: "words", words }, text: `Verified and signed: ${words.join(" ")}` };
}

function askWords(terminal: CliContext["terminal"]): Promise<string> {
  if (!terminal.isInteractive) throw new UsageError("Give the words they read to you with --words, or --unverified.");
  return terminal.ask("The eight words they read to you: ");
}

function addRecipientsSide(recipient: Command, act: Act): void {
  recipient
    .command("accept [link]")
    .description("as a recipient: open an invitation and make your key (- reads the link from stdin)")
    .option("--link-file <file>", "read the link from a file")
    .option("--key-file <file>", "where to write your key", "afterkeep-recipient.key")
    .option("--passphrase-file <file>", "also keep a copy under this passphrase on the server")
    .option("--no-passphrase", "keep the key in the file and on this device only")
    .action((link: string | undefined, options: AcceptOptions, command: Command) =>
      act(command, (context) => accept(context, link, options)),
    );
  recipient
    .command("unlock [link]")
    .description("as a recipient on another device: bring your key here")
    .option("--link-file <file>", "read the link from a file")
    .option("--key-file <file>", "the key you saved")
    .option("--passphrase-file <file>", "the passphrase you chose")
    .action((link: string | undefined, options: UnlockOptions, command: Command) =>
      act(command, (context) => unlock(context, link, options)),
    );
  recipient
    .command("show [link]")
    .description("as a recipient: what you may know")
    .option("--link-file <file>", "read the link from a file")
    .action((link: string | undefined, options: LinkOptions, command: Command) =>
      act(command, async (context) => {
        const view = await enter(context, link, options);
        const words =
          view.hasKeyHere && view.state === "accepted" ? (await context.afterkeep.recipientWords()).words : [];
        return { json: { ...view, words }, text: describeView(view, words) };
      }),
    );
}

/** Opens the link where one is given, else continues the session of an earlier one. */
export async function enter(
  { afterkeep, terminal }: CliContext,
  link: string | undefined,
  options: LinkOptions,
): Promise<RecipientView> {
  if (link === undefined && options.linkFile === undefined) {
    const view = await afterkeep.resumeRecipient();
    if (view !== null) return view;
  }
  return afterkeep.openInvitation(await readLinkToken(terminal, link, options));
}

async function accept(context: CliContext, link: string | undefined, options: AcceptOptions) {
  const { afterkeep, terminal } = context;
  const view = await enter(context, link, options);
  const wantsPassphrase = options.passphrase && (options.passphraseFile !== undefined || terminal.isInteractive);
  const passphrase = wantsPassphrase ? await readPassphrase(terminal, options, true) : undefined;
  const accepted = await afterkeep.acceptInvitation(passphrase === undefined ? {} : { passphrase });
  await writeDurably(options.keyFile, accepted.keyFile);
  const { words, digits } = accepted;
  const text = [
    `You accepted the invitation of ${view.ownerName}.`,
    `Your key is in ${options.keyFile}. Keep a copy somewhere safe: nobody can make it again.`,
    "Your safety words; read them to the owner when they call you:",
    `  ${words.join(" ")}`,
    `  ${digits}`,
  ];
  return {
    json: { account: view.account, r: view.r, ownerName: view.ownerName, words, digits, keyFile: options.keyFile },
    text: text.join("\n"),
  };
}

async function unlock(context: CliContext, link: string | undefined, options: UnlockOptions) {
  await enter(context, link, options);
  const secret =
    options.keyFile === undefined
      ? { passphrase: await readPassphrase(context.terminal, options, false) }
      : { keyFile: await readFile(options.keyFile, "utf8") };
  await context.afterkeep.unlockRecipient(secret);
  return { json: { unlocked: true }, text: "Your key is on this device now." };
}

/** Lines for a view of less than this device has seen; none where nothing is missing. */
export function olderLines({ isChainOlder, ownerName }: Pick<RecipientView, "isChainOlder" | "ownerName">): string[] {
  if (!isChainOlder) return [];
  return [
    `The server shows less of what ${ownerName} signed than this device has seen. Most likely it was restored from a backup: ask whoever runs it.`,
    `What ${ownerName} left you still opens if it was released after you were last here. If it does not, try another device, with your passphrase or your key file.`,
  ];
}

export function describeView(view: RecipientView, words: readonly string[]): string {
  return [
    ...olderLines(view),
    `From       ${view.ownerName}`,
    `Your key   ${view.hasKeyHere ? "on this device" : "not on this device"}, ${describePin(view)}`,
    ...(words.length === 0 ? [] : [`Words      ${words.join(" ")}`]),
    `Releases   ${view.releases.length === 0 ? "none" : view.releases.map(({ b, stage }) => `${b} (${stage})`).join(", ")}`,
  ].join("\n");
}

function describePin({ isChainOlder, pinned, pinMatches }: RecipientView): string {
  // Why: over an older chain the newest word on this key may be missing, be it good or bad.
  if (isChainOlder) return "whether they confirmed it cannot be told at the moment";
  if (pinned === "") return "not confirmed by them yet";
  return pinMatches === false ? "NOT the key they signed: call them" : `confirmed (${pinned})`;
}

function lineOf(person: RecipientInfo): string {
  const key = person.keyChanged
    ? "KEY CHANGED"
    : person.pin === null
      ? person.state === "invited"
        ? "invited"
        : "not verified"
      : person.pin.verified;
  return `${person.r}  ${person.name}  ${person.email}  ${key}${person.bounced ? "  (mail bounces)" : ""}`;
}
