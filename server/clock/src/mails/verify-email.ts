import type { Letter } from "./letter.ts";

export function verifyEmailLetter(names: { owner: string }, links: { url: string }): Letter {
  return {
    subject: "Please confirm your address",
    blocks: [
      `Hello ${names.owner},`,
      "this address was given for an Afterkeep account. Reminders to check in will come here, so it matters that you can read it.",
      { label: "Confirm this address", url: links.url },
      "Opening the page changes nothing; the button on it does.",
      "If you did not make an account, you need do nothing. Until the address is confirmed, no reminder is sent to it.",
    ],
  };
}
