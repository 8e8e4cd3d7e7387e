import type { Letter } from "./letter.ts";

/** Why the link refuses nothing: whoever reads the mail could press it, and the asker may be close to the owner. */
export function requestReminderLetter(
  names: { owner: string },
  links: { url: string; home: string },
  dates: { earliest: string },
): Letter {
  return {
    subject: "Somebody asks for what you left: are you there?",
    blocks: [
      `Hello ${names.owner},`,
      "one of the people you chose has asked for what you left, as you allowed. If you say nothing, it is handed over. If you are well, signing in and checking in says no.",
      { label: "Sign in", url: links.home },
      "If you cannot sign in now, the button behind this link puts it off by three days, once. Opening the page changes nothing.",
      { label: "Put it off", url: links.url },
      `The earliest moment at which anything can be released is ${dates.earliest}. We write to you every day until you answer.`,
    ],
  };
}
