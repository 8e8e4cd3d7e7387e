import type { Command } from "commander";
import { writeDurably } from "../private-file.ts";
import { keyholderOption, type KeyholderOptions, pinGiven } from "../keyholder-option.ts";
import type { Act } from "../act.ts";
import {
  keepTotpSecret,
  type LinkOptions,
  type PassphraseOptions,
  readLinkToken,
  readPassphrase,
  readTotpCode,
  type TotpOptions,
} from "../secret-input.ts";

type CreateOptions = PassphraseOptions &
  TotpOptions &
  KeyholderOptions & { readonly email: string; readonly name: string; readonly kit: string };
type LoginOptions = PassphraseOptions & TotpOptions & KeyholderOptions & { readonly email: string };

export function addAccountCommands(root: Command, act: Act): void {
  const account = root.command("account").description("your account and this device's session");
  addCreate(account, act);
  addLogin(account, act);
  addVerifyEmail(account, act);
  account
    .command("logout")
    .description("sign out; the root key leaves this device")
    .action((_options, command: Command) =>
      act(command, async ({ afterkeep }) => {
        await afterkeep.signOut();
        return { json: { signedOut: true }, text: "Signed out. Your vault is locked on this device." };
      }),
    );
  account
    .command("confirm-restore")
    .description("say that you have looked at everything after the server was restored from a backup")
    .action((_options, command: Command) =>
      act(command, async ({ afterkeep }) => {
        await afterkeep.acceptRestore();
        return { json: { confirmed: true }, text: "This device goes on from what there is now." };
      }),
    );
  account
    .command("show")
    .description("show the account and the keyholder's fingerprint")
    .action((_options, command: Command) =>
      act(command, async ({ afterkeep }) => {
        const info = await afterkeep.getAccount();
        const verified = info.emailVerified ? "verified" : "NOT verified: reminders would go nowhere";
        const lines = [
          `Account    ${info.account}`,
          `Name       ${info.displayName}`,
          `E-mail     ${info.email} (${verified})`,
          `Owner key  ${info.ownerKeyThumb}`,
          `Keyholder  ${info.keyholder.thumb} (${info.keyholder.mode})`,
        ];
        return { json: info, text: lines.join("\n") };
      }),
    );
}

function addCreate(account: Command, act: Act): void {
  account
    .command("create")
    .description("make an account; writes the recovery kit to a file")
    .requiredOption("--email <address>", "where reminders go")
    .requiredOption("--name <name>", "how mails to your recipients name you (the server can read this)")
    .option("--kit <file>", "where to write the recovery kit", "afterkeep-recovery-kit.txt")
    .option("--passphrase-file <file>", "read the passphrase from the first line of a file")
    .option("--totp-code-file <file>", "read the six digits from a file")
    .option(
      "--totp-secret-file <file>",
      "keep the second factor's secret in this new file and compute codes from it (for scripts)",
    )
    .option(...keyholderOption)
    .action((options: CreateOptions, command: Command) =>
      act(command, async ({ afterkeep, terminal, home }) => {
        await pinGiven(afterkeep, options);
        const passphrase = await readPassphrase(terminal, options, true);
        const pending = await afterkeep.beginSignUp({ email: options.email, displayName: options.name, passphrase });
        await keepTotpSecret(options, pending.totpSecret);
        if (options.totpSecretFile === undefined) {
          terminal.note(
            `Add this to your authenticator app:\n  secret  ${pending.totpSecret}\n  link    ${pending.totpUri}`,
          );
        }
        const { account: id, kit } = await pending.finish(await readTotpCode(terminal, options, home));
        await writeDurably(options.kit, kit.text);
        const text = [
          `Your account is ${id}.`,
          `The recovery kit is in ${options.kit}. Print it, put it where you keep your will, and delete the file.`,
          `Keyholder fingerprint: ${kit.keyholderFingerprint}`,
          "Next: open the link in the mail we sent you (afterkeep account verify-email).",
        ];
        return {
          json: { account: id, email: options.email, kit: options.kit, keyholder: kit.keyholderThumb },
          text: text.join("\n"),
        };
      }),
    );
}

function addLogin(account: Command, act: Act): void {
  account
    .command("login")
    .description("sign in on this device")
    .requiredOption("--email <address>", "the account's address")
    .option("--passphrase-file <file>", "read the passphrase from the first line of a file")
    .option("--totp-code-file <file>", "read the six digits from a file")
    .option("--totp-secret-file <file>", "compute the six digits from this secret")
    .option(...keyholderOption)
    .action((options: LoginOptions, command: Command) =>
      act(command, async ({ afterkeep, terminal, home }) => {
        await pinGiven(afterkeep, options);
        const passphrase = await readPassphrase(terminal, options, false);
        const totpCode = () => readTotpCode(terminal, options, home);
        const { account: id } = await afterkeep.signIn({ email: options.email, passphrase, totpCode });
        return { json: { account: id }, text: `Signed in as ${options.email}.` };
      }),
    );
}

function addVerifyEmail(account: Command, act: Act): void {
  account
    .command("verify-email [link]")
    .description("prove your address with the link from the mail (- reads it from stdin)")
    .option("--link-file <file>", "read the link from a file")
    .option("--send", "send the mail again")
    .action((link: string | undefined, options: LinkOptions & { send?: boolean }, command: Command) =>
      act(command, async ({ afterkeep, terminal }) => {
        if (options.send === true) {
          await afterkeep.sendEmailVerification();
          return { json: { sent: true }, text: "A new mail is on its way." };
        }
        await afterkeep.verifyEmail(await readLinkToken(terminal, link, options));
        return { json: { verified: true }, text: "Your address is verified." };
      }),
    );
}
