import type { RecipientInfo } from "@afterkeep/sdk";
import type { Tone } from "./state-in-words.ts";

export type PersonStanding = "bounced" | "key-changed" | "invited" | "to-compare" | "compared" | "unverified";
type Facts = Pick<RecipientInfo, "state" | "bounced" | "keyChanged" | "pin">;

/** How far somebody has come, worst news first. */
export function standingOf(person: Facts): PersonStanding {
  if (person.keyChanged) return "key-changed";
  if (person.state === "invited") return person.bounced ? "bounced" : "invited";
  if (person.pin === null) return "to-compare";
  return person.pin.verified === "none" ? "unverified" : "compared";
}

export const standings: Record<PersonStanding, { tag: string; tone: Tone; sentence: string }> = {
  bounced: {
    tag: "Mail came back",
    tone: "attention",
    sentence: "The mail to this address was refused. Check the address, then invite again.",
  },
  "key-changed": {
    tag: "Key has changed",
    tone: "attention",
    sentence:
      "The server now shows another key than the one you compared. Nothing will be sealed to it. Ask them by phone before you do anything.",
  },
  invited: {
    tag: "Invited",
    tone: "calm",
    sentence: "The invitation is on its way. They have not made their key yet.",
  },
  "to-compare": {
    tag: "Compare words",
    tone: "attention",
    sentence: "They have made their key. Compare the safety words with them before you leave them anything.",
  },
  compared: {
    tag: "Verified",
    tone: "good",
    sentence: "You compared the words. What you leave them only they can open.",
  },
  unverified: {
    tag: "Not compared",
    tone: "attention",
    sentence: "You accepted their key without comparing words. Compare them when you can.",
  },
};
