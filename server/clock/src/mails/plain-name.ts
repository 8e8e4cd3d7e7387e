// Control characters, line separators, and what turns the direction of text or hides in it. Joiners stay: Persian names need them.
const invisible = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu;
const longest = 60;

/**
 * An owner's public name as it may stand in a mail. Untrusted: whoever signs up can choose it and have it sent to any address.
 *
 * Why dots between letters, slashes and at signs go: mail programs turn `example.com` and addresses into links, and an invitation
 * could then carry an advertisement or a trap. Why the bidirectional controls go: they make a line read as something else.
 */
export function plainName(name: string): string {
  const visible = name.replace(invisible, " ");
  const unlinked = visible.replace(/[/\\@:<>]/g, " ").replace(/\.(?=\S)/g, ". ");
  const tidy = unlinked.replace(/\s+/g, " ").trim();
  const letters = Array.from(new Intl.Segmenter().segment(tidy), ({ segment }) => segment);
  return tidy === "" ? "Somebody" : letters.slice(0, longest).join("");
}
