/** An audit action in the owner's words; an unknown one is shown as it is rather than guessed at. */
const actions: Record<string, string> = {};

export function describeAction(action: string): string {
  return actions[action] ?? action;
}
