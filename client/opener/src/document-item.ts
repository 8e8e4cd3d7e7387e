import type { DocumentMetadata } from "@afterkeep/formats";
import { openSavedDocument, type SavedDocument, type VerifiedRow } from "@afterkeep/sealing";
import { button, make } from "./elements.ts";
import { isCancelled, messageOf } from "./messages.ts";
import { preview, previewKind } from "./preview.ts";
import { chooseTarget, type SaveTarget } from "./save-file.ts";

export type DocumentItem = {
  readonly element: HTMLElement;
  readonly fileName: string;
  save(target: SaveTarget): Promise<boolean>;
};

const units = ["bytes", "KB", "MB", "GB"] as const;

function sizeText(bytes: number): string {
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** step).toLocaleString("en", { maximumFractionDigits: step === 0 ? 0 : 1 })} ${units[step]}`;
}

/** A note has a title, not a file name; other programs go by the ending. */
function fileNameOf({ kind, name }: DocumentMetadata): string {
  if (kind === "file" || /\.\w{1,8}$/.test(name)) return name;
  return kind === "note" ? `${name}.txt` : `${name}.json`;
}

/** One document: its name, and what can be done with it. Every press reads and verifies it anew. */
export function documentItem(document: VerifiedRow<SavedDocument>): DocumentItem {
  const { metadata } = document.opened;
  const fileName = fileNameOf(metadata);
  const outcome = make("div", { role: "status" });
  const bar = make("progress", { max: String(Math.max(1, document.entry.payloadLen)), "aria-label": metadata.name });
  const read = () => openSavedDocument(document, { onProgress: (done) => (bar.value = done) });

  const attempt = async (work: () => Promise<Node | string>): Promise<boolean> => {
    for (const one of buttons) one.disabled = true;
    bar.value = 0;
    outcome.replaceChildren(bar);
    const [result, isDone] = await work().then(
      (shown) => [shown, true] as const,
      (error: unknown) => [isCancelled(error) ? "" : warning(error), false] as const,
    );
    outcome.replaceChildren(result);
    for (const one of buttons) one.disabled = false;
    return isDone;
  };
  const write = async (target: SaveTarget): Promise<string> => {
    await target(read());
    return "Saved. Every byte is as it was signed.";
  };
  const kind = previewKind(metadata);
  const look = kind === null ? null : () => attempt(() => preview(kind, metadata, read()));
  const save = () => attempt(async () => write(await chooseTarget(fileName, metadata.size)));
  const buttons = [
    ...(look === null ? [] : [button("Show", { "aria-label": `Show ${metadata.name}` }, look)]),
    button("Save", { class: "button second", "aria-label": `Save ${metadata.name}` }, save),
  ];
  const where = [metadata.folder, sizeText(metadata.size)].filter((part) => part !== "").join(" · ");
  const element = make(
    "li",
    {},
    make("div", {}, make("b", {}, metadata.name), make("p", { class: "soft small" }, where)),
    make("div", { class: "row" }, ...buttons),
    outcome,
  );
  return { element, fileName, save: (target) => attempt(() => write(target)) };
}

function warning(error: unknown): HTMLElement {
  const { title, next } = messageOf(error, "document");
  return make("div", { class: "notice bad" }, make("b", {}, title), make("p", {}, next));
}
