/** Those that may cool, and more than ever do at a time. */
const maxAfterBound = 3;

/**
 * Of a bequest's policies, in the order in which they were signed, those that can still be released by: the bound one and the last few after it.
 * All of them where the bound one is not known: any may be it then.
 */
export function livePolicies<P extends { readonly id: string }>(policies: readonly P[], bound: string): readonly P[] {
  const at = policies.findIndex(({ id }) => id === bound);
  if (at === -1) return policies;
  // Why so few: only one policy cools at a time, so those between the bound one and the last few can bind no more.
  return [...policies.slice(at, at + 1), ...policies.slice(at + 1).slice(-maxAfterBound)];
}
