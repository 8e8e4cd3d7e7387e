import type { Mail, MailContent } from "@afterkeep/platform";
import { freshLinkLetter } from "./fresh-link.ts";
import { graceReminderLetter } from "./grace-reminder.ts";
import { heldLetter } from "./held.ts";
import { invitationLetter } from "./invitation.ts";
import { type Letter, writeHtml, writeText } from "./letter.ts";
import { looseningLetter } from "./loosening.ts";
import { plainName } from "./plain-name.ts";
import { recipientAcceptedLetter } from "./recipient-accepted.ts";
import { releaseBegunLetter } from "./release-begun.ts";
import { releaseLetter } from "./release.ts";
import { reminderLetter } from "./reminder.ts";
import { requestReminderLetter } from "./request-reminder.ts";
import { showDate } from "./show-date.ts";
import { verifyEmailLetter } from "./verify-email.ts";
import { withdrawnLetter } from "./withdrawn.ts";

/**
 * A stored mail in words, ready to send. `id` is the outbox row's: the Message-ID comes from it alone, so a mail that is sent twice
 * after a crash is the same mail twice, and mail programs show it once.
 */
export function composeMail(mail: { id: string; to: string; content: MailContent }, publicUrl: string): Mail {
  const letter = letterOf(mail.content, publicUrl);
  return {
    to: mail.to,
    subject: letter.subject,
    text: writeText(letter),
    html: writeHtml(letter),
    // Source: RFC 3834 §5: written by a machine, so no machine answers it.
    headers: { "Auto-Submitted": "auto-generated" },
    messageId: `${mail.id}@${new URL(publicUrl).hostname}`,
  };
}

function letterOf(content: MailContent, publicUrl: string): Letter {
  // Why the fragment: browsers send it to nobody, so the token stands in no request log and no referrer.
  const link = (page: string, token: string) => ({ url: `${publicUrl}/${page}#${token}` });
  const owner = "ownerName" in content ? plainName(content.ownerName) : "";
  switch (content.kind) {
    case "verify-email":
      return verifyEmailLetter({ owner }, link("verify", content.token));
    case "invitation":
      return invitationLetter({ owner }, link("invite", content.token));
    case "fresh-link":
      return freshLinkLetter({ owner }, link("open", content.token));
    case "recipient-accepted":
      return recipientAcceptedLetter({ recipient: content.recipientEmail }, { home: publicUrl });
    case "reminder":
      return reminderLetter({ owner }, link("checkin", content.token), { earliest: showDate(content.earliestMs) });
    case "grace-reminder":
      return graceReminderLetter({ owner }, link("checkin", content.token), { earliest: showDate(content.earliestMs) });
    case "request-reminder":
      return requestReminderLetter(
        { owner },
        { ...link("checkin", content.token), home: publicUrl },
        { earliest: showDate(content.earliestMs) },
      );
    case "loosening":
      return looseningLetter({ owner }, { home: publicUrl }, { binds: showDate(content.bindsAtMs) });
    case "held":
      return heldLetter({ owner }, { home: publicUrl }, { until: showDate(content.untilMs) });
    case "release":
      return releaseLetter({ owner }, link("open", content.token), { decided: showDate(content.decidedAtMs) });
    case "release-begun":
      return releaseBegunLetter(
        { owner },
        { home: publicUrl },
        { decided: showDate(content.decidedAtMs), recipients: content.recipients },
      );
    case "withdrawn":
      return withdrawnLetter({ owner });
  }
}
