import { type WeakClass, weakClasses } from "@afterkeep/sdk";
import { formatDuration } from "./durations.ts";
import { UsageError } from "./usage-error.ts";

/** What may count for a while beside the owner's own check-ins: as `--accept` names it, and in words. */
const ways: Record<WeakClass, { readonly name: string; readonly words: string }> = {
  token: { name: "link", words: "the link of a mail" },
  delegated: { name: "key", words: "a key that may only check in (afterkeep delegate)" },
  attested: { name: "sign-in", words: "signing in, by the server's word" },
};

/** Reads `--accept link key sign-in`, or `none`. Throws UsageError. */
export function parseWays(names: readonly string[]): WeakClass[] {
  if (names.length === 1 && names[0] === "none") return [];
  return names.map((name) => {
    const found = weakClasses.find((one) => ways[one].name === name);
    if (found === undefined) throw new UsageError(`"${name}" is no way of checking in: link, key, sign-in, or none.`);
    return found;
  });
}

/** What counts beside the owner's own check-ins, and how far. @param weakMaxMs how far beyond the last of those, if it is known */
export function waysLine(weak: readonly WeakClass[], weakMaxMs?: number): string {
  const words = weakClasses.filter((one) => weak.includes(one)).map((one) => ways[one].words);
  if (words.length === 0) return "  Nothing counts but your own check-ins.";
  const limit = weakMaxMs === undefined ? "" : `, at most ${formatDuration(weakMaxMs)} beyond the last of those`;
  return `  Beside your own check-ins counts ${words.join(", or ")}${limit}.`;
}
