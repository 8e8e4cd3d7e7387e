import { DependencyError, type Mail, type Mailer } from "@afterkeep/platform";
import type { ClockSite } from "./clock-site.ts";

/** The world's mail server as the clock zone's processes reach it. */
export function clockMailer(site: ClockSite, step: () => Promise<void>): Mailer {
  const { world, book } = site;
  return {
    close: () => {},
    sendMail: async (mail) => {
      await step();
      const id = idOf(mail);
      if (world.mail.weather === "down") throw new DependencyError("mail-unavailable", "not now");
      if (world.mail.isRefusing(mail.to)) {
        world.note(`letter refused by ${mail.to}`);
        book.refused(id);
        return { messageId: "", accepted: false };
      }
      world.note(`letter to ${mail.to}: ${mail.subject}`);
      const isLost = world.mail.take(mail);
      await book.taken(id);
      if (!isLost) site.onArrived(mail.to);
      if (site.trouble > 0 && world.random.chance(site.trouble * 4)) {
        world.fault("mail unanswered");
        book.doubt();
        throw new DependencyError("mail-unanswered", "nobody knows whether it was taken");
      }
      // Why a doubt: of a process that dies at the very moment, one letter may leave after another had met its end.
      await step().catch((error: unknown) => {
        book.doubt();
        throw error;
      });
      return { messageId: "", accepted: true };
    },
  };
}

function idOf({ messageId = "" }: Mail): string {
  return messageId.split("@")[0] ?? "";
}
