import type { Letter } from "./letter.ts";

export function freshLinkLetter(names: { owner: string }, links: { url: string }): Letter {
  return {
    subject: `Your link to what ${names.owner} leaves to you`,
    blocks: [
      "Hello,",
      `somebody, most likely you, asked for a fresh link to what ${names.owner} keeps for you with Afterkeep. Here it is.`,
      { label: "Open your page", url: links.url },
      "The link shows your page and nothing more. To open anything that was handed over, your own key is needed: the device, the passphrase or the key file that you chose.",
      "If you did not ask for it, you need do nothing.",
    ],
  };
}
