import type { Letter } from "./letter.ts";

export function releaseBegunLetter(
  names: { owner: string },
  links: { home: string },
  facts: { decided: string; recipients: number },
): Letter {
  const people = facts.recipients === 1 ? "the person" : `the ${facts.recipients} people`;
  return {
    subject: "Your release has begun. You can still come back",
    blocks: [
      `Hello ${names.owner},`,
      `the reminders and the last question had no answer, so on ${facts.decided} the release that you prepared began. It goes to ${people} you chose, to each after the delay that you set.`,
      "If you are reading this, you can come back at any time: sign in and check in. That takes back at once whatever has not been opened yet, and shows you what has.",
      { label: "Sign in and check in", url: links.home },
      "A mail link is not enough for this; it needs you, signed in, on one of your devices.",
    ],
  };
}
