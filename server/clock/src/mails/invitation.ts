import type { Letter } from "./letter.ts";

export function invitationLetter(names: { owner: string }, links: { url: string }): Letter {
  const { owner } = names;
  return {
    subject: `${owner} would like to leave something in your hands`,
    blocks: [
      "Hello,",
      `${owner} keeps documents with Afterkeep for people they trust, to be handed over if one day they stop answering. You are one of these people.`,
      "Nothing is handed over now. What is needed from you takes a few minutes: your own device makes a key, and only that key will ever open what is left to you. We cannot open it, and nobody else can.",
      { label: "Read more and make your key", url: links.url },
      `The page will show you eight words. Please compare them with ${owner}, by phone or face to face: the same words on both sides mean that nobody stands in between.`,
      `If you do not know ${owner}, or do not want this, you need do nothing.`,
    ],
  };
}
