/** Everything that moves the cursor, recolours, retitles or turns the direction of text, but line ends and tabs. */
const commands = /(?![\n\t])[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Text that a terminal shows and does not obey: control characters are spelled as `\u001b`, which in JSON means the same as before.
 * Why: names are chosen by whoever sealed a document or wrote an export, and could otherwise rewrite what this program says.
 */
export function visibleText(text: string): string {
  return text.replaceAll(commands, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
