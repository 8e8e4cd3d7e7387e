import { MalformedError } from "@afterkeep/bytes";
import { type DocumentMetadata, type DocumentRecord, parseRecord, recordLimits } from "@afterkeep/formats";
import { collectBytes } from "@afterkeep/sealing";
import { make } from "./elements.ts";

type Kind = "text" | "record" | "image";
type About = Pick<DocumentMetadata, "kind" | "mediaType" | "size">;

const longest: Record<Kind, number> = { text: 2_000_000, record: recordLimits.record, image: 40_000_000 };
// Why not SVG: as an image it runs nothing, but a person who saves it opens it as a page.
const images = /^image\/(png|jpeg|gif|webp|avif|bmp)$/;
const texts = /^text\/(plain|markdown|csv)\b/;

/** How a document can be looked at right here; null if it can only be saved. */
export function previewKind(about: About): Kind | null {
  const kind = kindOf(about);
  return kind !== null && about.size <= longest[kind] ? kind : null;
}

function kindOf({ kind, mediaType }: About): Kind | null {
  if (kind === "record") return "record";
  if (kind === "note" || texts.test(mediaType)) return "text";
  return images.test(mediaType) ? "image" : null;
}

/** Reads the whole document and only then shows it: nothing is shown of one that fails half-way. */
export async function preview(
  kind: Kind,
  { mediaType, name }: Pick<DocumentMetadata, "mediaType" | "name">,
  content: AsyncGenerator<Uint8Array, void, undefined>,
): Promise<HTMLElement> {
  const bytes = await collectBytes(content);
  if (kind === "record") return recordTable(bytes);
  if (kind === "text") return textBlock(bytes);
  const source = URL.createObjectURL(new Blob([bytes], { type: mediaType }));
  return make("img", { class: "shown", alt: name, src: source });
}

function textBlock(bytes: Uint8Array): HTMLElement {
  return make("pre", { class: "shown", tabindex: "0" }, new TextDecoder().decode(bytes));
}

/** Whoever presses "Show" wants to read it: secrets are not covered. */
function recordTable(bytes: Uint8Array): HTMLElement {
  const record = recordOrNull(bytes);
  if (record === null) return textBlock(bytes);
  const { fields, note } = record;
  const filled = fields.filter(({ value }) => value !== "");
  const rows = filled.flatMap(({ name, value }) => [make("dt", {}, name), make("dd", {}, value)]);
  return make("div", { class: "shown" }, make("dl", {}, ...rows), make("pre", {}, note));
}

/** The owner's own bytes all the same: one that a later version wrote is shown as it is. */
function recordOrNull(bytes: Uint8Array): DocumentRecord | null {
  try {
    return parseRecord(bytes);
  } catch (error) {
    if (error instanceof MalformedError) return null;
    throw error;
  }
}
