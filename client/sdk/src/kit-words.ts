/** What a recovery kit's page has of them. */
export const kitWordCount = 24;

/**
 * The words in what somebody typed or pasted of their kit's page: rows with or without numbers, the line of its check, or all of it. As many as there
 * are; whether they are anybody's kit is not looked at.
 */
export function kitWordsIn(typed: string): string[] {
  const [before = "", after] = typed.split(/words:/i);
  const [rows = ""] = (after ?? before).split(/check:/i);
  // Why: of a page that came only half so far, the lines above the words have letters too.
  const lines = rows.split(/[\r\n]+/).filter((line) => !/:|recovery kit/i.test(line));
  return lines.flatMap((line) => line.match(/[A-Za-z]+/g) ?? []);
}
