import { MalformedError } from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import {
  ForeignOwnerError,
  ManifestMissingError,
  ReleaseMismatchError,
  WorkFactorError,
  WrongKeyError,
} from "@afterkeep/sealing";
import { NotOneReleaseError } from "./chosen-folder.ts";

/** What to tell the person: what happened, and what they can do. */
export type Message = { readonly title: string; readonly next: string };

/** What the person was doing when it failed: the same error means something else in each. */
export type Moment = "folder" | "key" | "release" | "document";

const damaged: Record<Moment, Message> = {
  folder: {
    title: "The file release.json is damaged.",
    next: "It is not as it was saved. Try another copy of the folder, or save it again.",
  },
  key: {
    title: "That does not open it.",
    next: "Please look at it once more: every word or letter counts. Nothing was harmed.",
  },
  release: {
    title: "What is in this folder is not what was signed for you.",
    next: "Nothing was opened. Try another copy of the folder. If you know nobody who changed it, be careful with it.",
  },
  document: {
    title: "This file is not what was left to you.",
    next: "It was changed or cut short, and nothing of it was saved. Try another copy of the folder.",
  },
};

export function messageOf(error: unknown, moment: Moment): Message {
  if (error instanceof NotOneReleaseError) return notOne(error.found);
  if (error instanceof WrongKeyError)
    return {
      title: "This is a key, but not the one that this folder is for.",
      next: "If you have several keys, try the others.",
    };
  if (error instanceof ForeignOwnerError)
    return {
      title: "This folder is not from the person your key is for.",
      next: "Somebody may be posing as them. Nothing was opened. Speak to somebody you trust before you go on.",
    };
  if (error instanceof ManifestMissingError)
    return { title: "The list of what was left to you is missing.", next: "Try another copy of the folder." };
  if (error instanceof WorkFactorError)
    return {
      title: "The key in this folder asks for more work than a browser can do.",
      next: "Your passphrase was not tried. We never save it so: open with your 24 words or key file, or try another copy of the folder.",
    };
  if (error instanceof ReleaseMismatchError) return damaged.release;
  if (error instanceof DecryptionError || error instanceof MalformedError) return damaged[moment];
  return {
    title: "Your browser could not do this.",
    next: `Try once more, or with another browser. It said: ${error instanceof Error ? error.message : String(error)}`,
  };
}

function notOne(found: number): Message {
  if (found > 1)
    return { title: "There is more than one saved folder in what you chose.", next: "Please choose one of them." };
  return {
    title: "There is no release.json in what you chose.",
    next: "Choose the folder in which you found this page. If there is none in it, the folder was not saved to its end, and must be saved again.",
  };
}

/** The person closed a file picker, or stopped. */
export function isCancelled(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
