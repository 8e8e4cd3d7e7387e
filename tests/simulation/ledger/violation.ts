/** An invariant of protocol §7 did not hold. */
export class Violation extends Error {
  readonly invariant: string;
  override readonly name = "Violation";

  constructor(invariant: string, detail: string) {
    super(`${invariant}: ${detail}`);
    this.invariant = invariant;
  }
}

/** Days with enough digits to see a minute. */
export function inDays(ms: number): string {
  return `${(ms / 86_400_000).toFixed(4)} d`;
}
