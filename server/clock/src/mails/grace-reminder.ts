import type { Letter } from "./letter.ts";

export function graceReminderLetter(
  names: { owner: string },
  links: { url: string },
  dates: { earliest: string },
): Letter {
  return {
    subject: "Please check in: your grace period is running",
    blocks: [
      `Hello ${names.owner},`,
      "we have not heard from you within the interval that you chose. Your grace period is running now, and we write to you every day of it.",
      { label: "Check in", url: links.url },
      "The link works once. Opening the page changes nothing; the button on it does. You can also sign in and check in there.",
      `Without a check-in, what you left is handed over to the people you chose, after one last question to you. The earliest moment at which anything can be released is ${dates.earliest}. Any check-in before then stops it.`,
      "If you no longer want this, sign in and disarm your bequest: then nothing is released.",
    ],
  };
}
