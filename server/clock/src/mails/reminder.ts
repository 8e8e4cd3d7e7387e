import type { Letter } from "./letter.ts";

export function reminderLetter(names: { owner: string }, links: { url: string }, dates: { earliest: string }): Letter {
  return {
    subject: "A reminder to check in",
    blocks: [
      `Hello ${names.owner},`,
      "you asked to be reminded when it is time to check in. If all is well, one press of a button is enough.",
      { label: "Check in", url: links.url },
      "The link works once. Opening the page changes nothing; the button on it does. You can also sign in and check in there.",
      `Without a check-in, more reminders follow. The earliest moment at which anything can be released is ${dates.earliest}. Any check-in before then moves it on.`,
      "If you no longer want this, sign in and disarm your bequest: then nothing is released and no reminder is sent.",
    ],
  };
}
