import {
  type BroughtKey,
  type ReleasedBequest,
  type ReleaseFile,
  type SavedDocument,
  wordsOf,
} from "@afterkeep/sealing";
import { type DocumentItem, documentItem } from "./document-item.ts";
import { button, make } from "./elements.ts";
import { isCancelled } from "./messages.ts";
import { chooseFolder } from "./save-file.ts";

type Opened = ReleasedBequest<SavedDocument>;

/** Everything that was left, once it was verified. */
export async function contentsOf(file: ReleaseFile, key: BroughtKey, opened: Opened): Promise<readonly Node[]> {
  const { words } = await wordsOf(file.account, file.ownerKey, file.recipient);
  const isOwnerKnown = key.ownerKey !== null;
  const letter = opened.message === "" ? [] : [make("div", { class: "letter" }, opened.message)];
  const card = wordsCard(words, isOwnerKnown);
  return [
    ...(file.keyholder.mode === "demo" ? [demoNotice()] : []),
    // Why the order: who cannot know yet whose words these are must not read them first.
    ...(isOwnerKnown ? [...letter, ...warnings(opened), card] : [card, ...warnings(opened), ...letter]),
    documentsCard(opened),
    make(
      "p",
      { class: "soft small" },
      `The release was decided on ${dateText(opened.decidedAt)}, and this folder was saved on ${dateText(file.savedAt)}. `,
      "Signatures and versions were verified just now, on this device. Each file is verified when you open it.",
    ),
  ];
}

function demoNotice(): HTMLElement {
  return make(
    "div",
    { class: "notice", role: "note" },
    make("b", {}, "This is a demonstration"),
    make(
      "p",
      {},
      "It comes from a demonstration server, whose time runs faster than real time. That it was released says nothing about anybody's life.",
    ),
  );
}

function dateText(ms: number): string {
  return new Date(ms).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}

function warnings({ isOlder, damaged }: Opened): HTMLElement[] {
  const older = make(
    "div",
    { class: "notice" },
    make("b", {}, "There may be a newer version"),
    make(
      "p",
      {},
      "This is a genuine list of what was left to you, but its owner signed a newer one. Another copy of the folder may have it.",
    ),
  );
  const missing = make(
    "div",
    { class: "notice" },
    make("b", {}, damaged.length === 1 ? "One document is missing" : `${damaged.length} documents are missing`),
    make(
      "p",
      {},
      "What should be there is not in this folder, or is not what was signed. It was not opened. Another copy of the folder may have it. " +
        "In the folder its name begins with:",
    ),
    make("ul", { class: "small" }, ...damaged.map((doc) => make("li", {}, `documents/${doc}`))),
  );
  return [...(isOlder ? [older] : []), ...(damaged.length === 0 ? [] : [missing])];
}

function wordsCard(words: readonly string[], isOwnerKnown: boolean): HTMLElement {
  return make(
    "section",
    { class: isOwnerKnown ? "card" : "notice", "aria-labelledby": "words-title" },
    make(
      "h2",
      { id: "words-title" },
      isOwnerKnown ? "It is from the person your key is for" : "Is it from who you think?",
    ),
    make(
      "p",
      {},
      isOwnerKnown
        ? "Your key says who that is, and their signature is on everything here. These are the eight words that the two of you compared:"
        : "Your key alone cannot tell. Compare these eight words with the ones that you and they read to each other. If they differ, believe nothing on this page.",
    ),
    make("ol", { class: "words" }, ...words.map((word) => make("li", {}, word))),
  );
}

function documentsCard({ documents }: Opened): HTMLElement {
  const items = [...documents]
    .sort((a, b) => orderOf(a).localeCompare(orderOf(b)))
    .map((document) => ({ folder: document.opened.metadata.folder, ...documentItem(document) }));
  const outcome = make("p", { role: "status" });
  const saveAll = button("Save all", { class: "button second" }, async () => {
    saveAll.disabled = true;
    outcome.textContent = await saveEach(items).catch((error: unknown) => (isCancelled(error) ? "" : String(error)));
    saveAll.disabled = false;
  });
  const count = documents.length === 1 ? "One document" : `${documents.length} documents`;
  return make(
    "section",
    { class: "card", "aria-labelledby": "documents-title" },
    make("h2", { id: "documents-title" }, count),
    ...(documents.length > 1 ? [saveAll, outcome] : []),
    make("ul", { class: "documents" }, ...items.map(({ element }) => element)),
  );
}

async function saveEach(items: readonly (DocumentItem & { readonly folder: string })[]): Promise<string> {
  const targetOf = await chooseFolder();
  let saved = 0;
  for (const { folder, fileName, save } of items) if (await save(targetOf(folder, fileName))) saved++;
  return saved === items.length
    ? `All ${saved} are saved.`
    : `${saved} of ${items.length} are saved. See below for the others.`;
}

function orderOf({ opened: { metadata } }: Opened["documents"][number]): string {
  return `${metadata.folder}/${metadata.name}`;
}
