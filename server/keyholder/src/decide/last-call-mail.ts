import type { Mail } from "@afterkeep/platform";

export type Call = {
  readonly publicUrl: string;
  /** A one-time mail-link token, or null where the policy does not take one now. */
  readonly token: string | null;
  /** Wall time before which nothing is handed over. */
  readonly earliestMs: number;
  /** Nothing but the last call's wait is left; else a reminder that the clock zone could not get accepted. */
  readonly isLast: boolean;
};

/**
 * The keyholder's own words to an owner who did not answer. No name, no document, no recipient: whoever else reads this mail
 * learns only that an account exists.
 */
export function lastCallMail(to: string, { publicUrl, token, earliestMs, isLast }: Call): Mail {
  const answer =
    token === null
      ? [`If you are well, please sign in and check in: ${publicUrl}`]
      : [
          "If you are well, one press of a button is enough. This link works once:",
          "",
          `${publicUrl}/checkin#${token}`,
          "",
          "Opening the page changes nothing; the button on it does. You can also sign in and check in there.",
        ];
  const text = [
    "Hello,",
    "",
    "you left something with Afterkeep for people you chose, and asked that it be handed to them if you stop checking in.",
    isLast
      ? "The reminders have had no answer. Before anything happens, this is the last question: are you there?"
      : "Your check-in is overdue, and our reminders may not have reached you. So the keyholder itself asks: are you there?",
    "",
    ...answer,
    "",
    `Without an answer, nothing is handed over before ${new Date(earliestMs).toUTCString()}. Any check-in until then stops it.`,
    "",
  ].join("\n");
  const subject = isLast
    ? "Are you there? A last question before your bequest is handed over"
    : "Are you there? Your check-in is overdue";
  return { to, subject, text };
}
