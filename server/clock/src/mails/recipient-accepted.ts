import type { Letter } from "./letter.ts";

export function recipientAcceptedLetter(names: { recipient: string }, links: { home: string }): Letter {
  return {
    subject: "Your recipient has made their key",
    blocks: [
      "Hello,",
      `${names.recipient} has accepted your invitation and made a key on their own device.`,
      "One thing is left: compare the eight safety words with them, by phone or face to face. The same words on both sides mean that what you leave can be opened by them and by nobody else.",
      { label: "Sign in and compare the words", url: links.home },
      "Until then, nothing is left to them.",
    ],
  };
}
