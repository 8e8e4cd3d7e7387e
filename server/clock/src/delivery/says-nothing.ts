import { DependencyError } from "@afterkeep/platform";

/**
 * The keyholder is there and says nothing of what a letter speaks of: it may not be able to read that record now. What cannot be asked is no try, and nobody would
 * write the letter again, so it waits until there is an answer.
 */
export function saysNothing(): DependencyError {
  return new DependencyError("switch-unknown", "The keyholder says nothing of a switch.");
}
