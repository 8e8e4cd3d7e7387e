/**
 * Compares two byte strings. The time depends on their lengths only, so a commitment or a MAC can be compared without telling
 * how many leading bytes were right.
 */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}
