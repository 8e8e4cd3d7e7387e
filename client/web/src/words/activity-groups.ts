/** What happened once, or the same thing several times in a row: 200 documents put in at once are one line, not two hundred. */
export type ActivityGroup = { action: string; count: number; firstIndex: number; lastIndex: number; at: number };
type Leaf = { index: number; at: number; action: string };

const togetherMs = 15 * 60_000;

/** Groups leaves, oldest first, into lines, newest first. Only neighbours of one action within a quarter of an hour go together. */
export function groupActivity(leaves: readonly Leaf[]): ActivityGroup[] {
  const groups: ActivityGroup[] = [];
  for (const { index, at, action } of leaves) {
    const last = groups.at(-1);
    if (last && last.action === action && at - last.at < togetherMs) {
      last.count += 1;
      last.lastIndex = index;
      last.at = at;
    } else {
      groups.push({ action, count: 1, firstIndex: index, lastIndex: index, at });
    }
  }
  return groups.reverse();
}
