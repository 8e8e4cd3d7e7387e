import type { DocumentInfo } from "./document-info.ts";

type Searchable = Pick<DocumentInfo, "name" | "folder" | "type" | "kind">;

const folded = new WeakMap<Searchable, string>();

/**
 * The documents of which name, folder, media type or kind contain every word of the query, in the given order; all of them for an empty
 * query. Case and diacritics do not count: "munchen" finds "München". Nothing leaves this device.
 */
export function searchDocuments<D extends Searchable>(documents: readonly D[], query: string): D[] {
  const words = fold(query)
    .split(/\s+/u)
    .filter((word) => word !== "");
  return documents.filter((document) => {
    const text = textOf(document);
    return words.every((word) => text.includes(word));
  });
}

function textOf(document: Searchable): string {
  const known = folded.get(document);
  if (known !== undefined) return known;
  const { name, folder, type, kind } = document;
  // Why line breaks between: no word of a query has one, so no match spans two fields.
  const text = fold([name, folder, type, kind].join("\n"));
  folded.set(document, text);
  return text;
}

/** Letters that no decomposition takes apart. */
const plainLetters: Readonly<Record<string, string>> = {
  ø: "o",
  đ: "d",
  ł: "l",
  æ: "ae",
  œ: "oe",
  ı: "i",
  þ: "th",
  ð: "d",
};

/** Why up and down: "ß" has no lower case of its own to meet "SS" in. */
function fold(text: string): string {
  return text
    .normalize("NFKD")
    .replaceAll(/\p{M}+/gu, "")
    .toUpperCase()
    .toLowerCase()
    .replaceAll(/[øđłæœıþð]/gu, (letter) => plainLetters[letter] ?? letter);
}
