import type { Letter } from "./letter.ts";

export function releaseLetter(names: { owner: string }, links: { url: string }, dates: { decided: string }): Letter {
  const { owner } = names;
  return {
    subject: `${owner} left something for you`,
    blocks: [
      "Hello,",
      `${owner} asked us to hand something over to you if they should stop checking in. They have not answered for as long as they had chosen, and on ${dates.decided} the time came.`,
      "This does not say why. If you can reach them, please do: if they are well, they can sign in and take back what has not been opened.",
      { label: "Open what was left to you", url: links.url },
      "You will need your own key: the device on which you made it, your passphrase, or your key file. Nothing is in a hurry; the link stays good.",
    ],
  };
}
