import { createMailer, type Mailer } from "@afterkeep/platform";
import type { ClockWorld } from "./a-clock-world.ts";

export const messageIds = (world: ClockWorld) =>
  world.smtp.taken.map(({ raw }) => /^Message-ID: (.*)\r?$/im.exec(raw)?.[1]?.trim());

/** Without the encoding of a mail's lines. */
export const textOf = (raw: string) => raw.replaceAll(/=\r?\n/g, "").replaceAll(/\s+/g, " ");

/** The mail server has it, and the process ends before it comes to know. */
export function aMailerThatDies(world: ClockWorld): Mailer {
  const real = createMailer({ smtpUrl: world.smtp.smtpUrl, from: "afterkeep@localhost" });
  return {
    close: () => real.close(),
    sendMail: async (mail) => {
      await real.sendMail(mail);
      throw new Error("the process ends here");
    },
  };
}
