import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { kitWordCount, kitWordsIn } from "@afterkeep/sdk";
import { writeDurably } from "./private-file.ts";
import type { Terminal } from "./terminal.ts";
import { totpCode, totpStep } from "./totp.ts";
import { UsageError } from "./usage-error.ts";

export type PassphraseOptions = { readonly passphraseFile?: string };
export type TotpOptions = { readonly totpCodeFile?: string; readonly totpSecretFile?: string };

/** By file or by prompt without echo; never as an argument, which every process on the machine could read. */
export async function readPassphrase(terminal: Terminal, options: PassphraseOptions, isNew: boolean): Promise<string> {
  if (options.passphraseFile !== undefined) return firstLine(await readFile(options.passphraseFile, "utf8"));
  if (!terminal.isInteractive)
    throw new UsageError("There is no terminal to ask for the passphrase. Use --passphrase-file.");
  const passphrase = await terminal.askSecret("Passphrase: ");
  if (!isNew) return passphrase;
  if ((await terminal.askSecret("The same once more: ")) !== passphrase)
    throw new UsageError("The two are not the same.");
  return passphrase;
}

export type KitOptions = { readonly kitFile?: string };

/**
 * The words of a recovery kit, in the same ways and for the same reason. The page has them in rows, and is typed or pasted so: asked for until all
 * are there.
 */
export async function readKitWords(terminal: Terminal, { kitFile }: KitOptions): Promise<string> {
  if (kitFile !== undefined) return readFile(kitFile, "utf8");
  if (!terminal.isInteractive) throw new UsageError("There is no terminal to ask for the kit's words. Use --kit-file.");
  const typed = await terminal.askSecret(
    `The ${kitWordCount} words of your recovery kit, row by row or all at once (an empty line stops): `,
    nextRow,
  );
  const words = kitWordsIn(typed);
  if (words.length >= kitWordCount) return words.join(" ");
  throw new UsageError(`A recovery kit has ${kitWordCount} words, and ${words.length} were typed. Nothing was armed.`);
}

function nextRow(typed: string): string | null {
  const { length } = kitWordsIn(typed);
  return length >= kitWordCount ? null : `${length} of ${kitWordCount} words so far. Go on: `;
}

/** Keeps the secret of a new account in the file that will compute its codes, if there is not one already. */
export async function keepTotpSecret(options: TotpOptions, secret: string): Promise<void> {
  const path = options.totpSecretFile;
  if (path === undefined) return;
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (exists) throw new UsageError(`${path} exists. A new account has a new secret; name another file.`);
  await writeDurably(path, `${secret}\n`);
}

/**
 * The six digits, from a prompt, a file, or computed from a secret file (for scripts; the second factor then lies on the same disk).
 * A code works once, so a computed one is never of a step used before: at most the next one is taken, or waited for.
 */
export async function readTotpCode(terminal: Terminal, options: TotpOptions, home: string): Promise<string> {
  if (options.totpCodeFile !== undefined) return firstLine(await readFile(options.totpCodeFile, "utf8"));
  if (options.totpSecretFile !== undefined) {
    return computeUnusedCode(firstLine(await readFile(options.totpSecretFile, "utf8")), join(home, "totp-step"));
  }
  if (!terminal.isInteractive) throw new UsageError("There is no terminal to ask for the code. Use --totp-code-file.");
  return terminal.ask("Six-digit code of your authenticator app: ");
}

async function computeUnusedCode(secret: string, memory: string): Promise<string> {
  const last = Number(await readFile(memory, "utf8").catch(() => "0"));
  const step = Math.max(totpStep(Date.now()), last + 1);
  // The server accepts one step ahead of its clock; half a step of margin for clocks that differ.
  const early = (step - 1) * 30_000 + 1000 - Date.now();
  if (early > 0) await wait(early);
  await writeDurably(memory, String(step));
  return totpCode(secret, step);
}

export type LinkOptions = { readonly linkFile?: string };

/**
 * The token of a mail link, from an argument, a file, or stdin (`-`). A whole link and the bare token are both understood.
 */
export async function readLinkToken(
  terminal: Terminal,
  link: string | undefined,
  options: LinkOptions,
): Promise<string> {
  if (link === undefined && options.linkFile === undefined)
    throw new UsageError("Give the link, --link-file FILE, or - for stdin.");
  if (link !== undefined && link !== "-") {
    terminal.note(
      "Note: the link is a secret, and arguments can be read by other programs of this machine. --link-file or - is safer.",
    );
  }
  const text =
    options.linkFile === undefined
      ? link === "-"
        ? await terminal.readStdin()
        : (link ?? "")
      : await readFile(options.linkFile, "utf8");
  const token = /(?:#|^)([A-Za-z0-9_-]{43})\s*$/.exec(firstLine(text))?.[1];
  if (token === undefined) throw new UsageError("That is not a link from an Afterkeep mail.");
  return token;
}

function firstLine(text: string): string {
  return (text.split(/\r?\n/)[0] ?? "").trim();
}
