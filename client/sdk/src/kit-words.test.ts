import { newId } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { makeKit } from "./kit.ts";
import { kitWordsIn } from "./kit-words.ts";

const secret = Uint8Array.from({ length: 32 }, (_, i) => (i * 37 + 11) % 256);
const { text, words } = makeKit({ account: newId(0), secret, keyholder: "A".repeat(43) }, "http://localhost:8420");
const rows = text.slice(text.indexOf("Words:") + 7, text.indexOf("Check:"));

describe("the words of a recovery kit", () => {
  it("are found in its rows, in the rows and the check, in the whole page, and in one line", () => {
    const check = text.slice(text.indexOf("Check:"), text.indexOf("Keyholder fingerprint"));
    const typed = [rows, rows + check, `Words:\n${rows}${check}`, text, words.join(" "), text.replaceAll("\n", "\r\n")];
    for (const one of typed) expect(kitWordsIn(one)).toEqual(words);
    expect(kitWordsIn(words.map((word, i) => `${i + 1}. ${word},`).join("\n"))).toEqual(words);
  });

  it("are as many as came so far, and none of the lines above them", () => {
    expect(kitWordsIn("")).toEqual([]);
    expect(kitWordsIn(rows.split("\n").slice(0, 2).join("\n"))).toEqual(words.slice(0, 8));
    const above = `${"A1b2C3d4E5f6G7h8I9j0".repeat(2)}AAA`;
    expect(kitWordsIn(`AFTERKEEP RECOVERY KIT 1\nAccount: ${above}\nKeyholder: ${above}\n`)).toEqual([]);
  });
});
