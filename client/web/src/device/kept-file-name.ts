const dayMs = 86_400_000;

/** A new name for a kept file, which says since when. */
export function newKeptName(nowMs: number): string {
  return `${nowMs}.${crypto.randomUUID()}`;
}

/**
 * Which kept files are of no more use: those that no upload names and that are the caller's own, or older than a day. Why a day: another tab
 * keeps a file first and notes the upload that names it later, after small pictures were made.
 */
export function forgettable(
  kept: readonly string[],
  { pending, own, nowMs }: { pending: ReadonlySet<string>; own: ReadonlySet<string>; nowMs: number },
): string[] {
  const isOld = (name: string): boolean => !(nowMs - Number.parseInt(name, 10) < dayMs && /^\d+\./.test(name));
  return kept.filter((name) => !pending.has(name) && (own.has(name) || isOld(name)));
}
