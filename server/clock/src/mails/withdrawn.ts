import type { Letter } from "./letter.ts";

export function withdrawnLetter(names: { owner: string }): Letter {
  const { owner } = names;
  return {
    subject: `${owner} is back`,
    blocks: [
      "Hello,",
      `good news: ${owner} has checked in again. What we wrote to you about was not opened yet and has been taken back, so the link shows nothing to open now.`,
      "You need do nothing. Please keep your key as you have it; your arrangement goes on as before.",
    ],
  };
}
