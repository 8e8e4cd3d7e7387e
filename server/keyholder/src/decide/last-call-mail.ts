import type { Mail } from "@afterkeep/platform";

/**
 * The keyholder's own words to an owner who did not answer. No name, no document, no recipient: whoever else reads this mail
 * learns only that an account exists.
 * @param token a one-time mail-link token, or null where the policy does not take one now
 * @param earliestMs wall time before which nothing is handed over
 */
export function lastCallMail(to: string, publicUrl: string, token: string | null, earliestMs: number): Mail {
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
    "The reminders have had no answer. Before anything happens, this is the last question: are you there?",
    "",
    ...answer,
    "",
    `Without an answer, nothing is handed over before ${new Date(earliestMs).toUTCString()}. Any check-in until then stops it.`,
    "",
  ].join("\n");
  return { to, subject: "Are you there? A last question before your bequest is handed over", text };
}
