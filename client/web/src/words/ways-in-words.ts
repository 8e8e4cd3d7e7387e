import { type WeakClass, weakClasses } from "@afterkeep/sdk";
import { formatSpan } from "./dates.ts";

const ways: Record<WeakClass, string> = {
  token: "the button in a mail",
  delegated: "a key that may only check in, such as a job on a server of yours",
  attested: "signing in with your passphrase and code, by the server’s word",
};

/** As choices. */
export const wayNames: Record<WeakClass, string> = {
  token: "The button in a mail",
  delegated: "A key that may only check in",
  attested: "Signing in",
};

export const wayHints: Record<WeakClass, string> = {
  token: "whoever reads your mail can press it",
  delegated: "for a job on a server of yours; it goes on by itself, whether you are there or not",
  attested: "with passphrase and code; the server says so, and you need not press anything",
};

/** What counts as a check-in beside the owner's own, and how far it carries. */
export function describeWays(weak: readonly WeakClass[], weakMaxMs: number): string {
  const words = weakClasses.filter((one) => weak.includes(one)).map((one) => ways[one]);
  if (words.length === 0) return "Nothing but your own check-ins counts.";
  const list = words.length === 1 ? words[0] : `${words.slice(0, -1).join("; ")}; and ${words.at(-1)}`;
  return `Beside your own check-ins this counts too: ${list}. None of it carries further than ${formatSpan(weakMaxMs)} beyond the last time you checked in yourself.`;
}
