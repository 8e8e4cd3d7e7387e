import type { Mail } from "@afterkeep/platform";

export type Call = {
  readonly publicUrl: string;
  /** A one-time mail-link token, or null where the policy does not take one now. */
  readonly token: string | null;
  /** Wall time before which nothing is handed over. */
  readonly earliestMs: number;
  /** The last call before a decision, one about what a recipient asked, or a reminder that the clock zone could not get accepted. */
  readonly kind: "sendLastCall" | "callAboutRequest" | "reachOwner";
};

const questions: Record<Call["kind"], string> = {
  sendLastCall: "The reminders have had no answer. Before anything happens, this is the last question: are you there?",
  callAboutRequest:
    "One of them has now asked for it, as you allowed. If you say nothing, they will get it. So the keyholder itself asks: are you there?",
  reachOwner:
    "Your check-in is overdue, and our reminders may not have reached you. So the keyholder itself asks: are you there?",
};

const subjects: Record<Call["kind"], string> = {
  sendLastCall: "Are you there? A last question before your bequest is handed over",
  callAboutRequest: "Are you there? Somebody asks for what you left with Afterkeep",
  reachOwner: "Are you there? Your check-in is overdue",
};

/** Why told apart: whoever reads the mail could press the button, so a link alone refuses nothing that was asked. */
function ways(kind: Call["kind"], signIn: string, link: string): string[] {
  if (kind === "callAboutRequest")
    return [
      signIn,
      "",
      "If you cannot sign in now, a button behind this link puts it off by three days, once:",
      "",
      link,
    ];
  return [
    "If you are well, one press of a button is enough. This link works once:",
    "",
    link,
    "",
    "Opening the page changes nothing; the button on it does. You can also sign in and check in there.",
  ];
}

/**
 * The keyholder's own words to an owner who did not answer. No name, no document, no recipient: whoever else reads this mail
 * learns only that an account exists.
 */
export function lastCallMail(to: string, { publicUrl, token, earliestMs, kind }: Call): Mail {
  const signIn = `If you are well, please sign in and check in: ${publicUrl}`;
  const answer = token === null ? [signIn] : ways(kind, signIn, `${publicUrl}/checkin#${token}`);
  const text = [
    "Hello,",
    "",
    "you left something with Afterkeep for people you chose, and asked that it be handed to them if you stop checking in.",
    questions[kind],
    "",
    ...answer,
    "",
    `Without an answer, nothing is handed over before ${new Date(earliestMs).toUTCString()}. ${kind === "callAboutRequest" ? "Signing in and checking in says no to it." : "Any check-in until then stops it."}`,
    "",
  ].join("\n");
  return { to, subject: subjects[kind], text };
}
