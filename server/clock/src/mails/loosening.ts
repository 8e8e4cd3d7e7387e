import type { Letter } from "./letter.ts";

/** Why it blames nobody: mostly it was the owner, and nobody here can know who held their keys. */
export function looseningLetter(names: { owner: string }, links: { home: string }, dates: { binds: string }): Letter {
  return {
    subject: "A bequest of yours was changed to give more, or sooner. Was it you?",
    blocks: [
      `Hello ${names.owner},`,
      "somebody with your keys signed a change to one of your bequests. Once it is in force, that bequest goes to more people than before, or sooner, or with fewer warnings to you. Which bequest it is and what was changed, your vault shows; we cannot read it.",
      `It is not in force yet. The earliest moment at which it can be is ${dates.binds}, and until then nothing of that bequest can be released.`,
      "If it was you, nothing is to be done.",
      "If it was not you, stop it before then: sign in, look at your bequests, and disarm the one that was changed, or arm it anew as you want it. Either ends the change at once. Somebody else can sign in your name then, so look at your devices too.",
      { label: "Sign in and look", url: links.home },
    ],
  };
}
