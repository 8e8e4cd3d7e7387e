import type { Letter } from "./letter.ts";

/** Why no link that checks in by itself: only a sign of the owner's own device ends a hold, and what may be gone must be looked at. */
export function heldLetter(names: { owner: string }, links: { home: string }, dates: { until: string }): Letter {
  return {
    subject: "Your server was restored from a backup. Please check in",
    blocks: [
      `Hello ${names.owner},`,
      "the server that keeps your vault was restored from a backup. It cannot know what you did after that backup, so for now it hands over nothing of yours to anybody.",
      "Some of your latest changes may be gone: a check-in, a person you added or removed, a bequest you changed or stopped.",
      "Please sign in and check in. Then look at your people and your bequests, and put right what is not as you left it.",
      { label: "Sign in and check in", url: links.home },
      "A mail link is not enough for this; it needs you, signed in, on one of your devices. From your check-in on everything runs again as you set it, and your waiting times begin anew.",
      `There is no hurry. If you do nothing, everything stays as it is until ${dates.until} at the earliest. Only then do your waiting times begin, from the start and with every reminder.`,
    ],
  };
}
