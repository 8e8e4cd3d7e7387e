import { collectBytes } from "@afterkeep/sealing";
import { make } from "./elements.ts";

type Kind = "text" | "image";
type About = { readonly kind: string; readonly mediaType: string; readonly size: number };

const longest: Record<Kind, number> = { text: 2_000_000, image: 40_000_000 };
// Why not SVG: as an image it runs nothing, but a person who saves it opens it as a page.
const images = /^image\/(png|jpeg|gif|webp|avif|bmp)$/;

/** How a document can be looked at right here; null if it can only be saved. */
export function previewKind({ kind, mediaType, size }: About): Kind | null {
  const found =
    kind !== "file" || /^text\/(plain|markdown|csv)\b/.test(mediaType)
      ? "text"
      : images.test(mediaType)
        ? "image"
        : null;
  return found !== null && size <= longest[found] ? found : null;
}

/** Reads the whole document and only then shows it: nothing is shown of one that fails half-way. */
export async function preview(
  kind: Kind,
  { mediaType, name }: { mediaType: string; name: string },
  content: AsyncGenerator<Uint8Array, void, undefined>,
): Promise<HTMLElement> {
  const bytes = await collectBytes(content);
  if (kind === "text") return make("pre", { class: "shown", tabindex: "0" }, new TextDecoder().decode(bytes));
  const source = URL.createObjectURL(new Blob([bytes], { type: mediaType }));
  return make("img", { class: "shown", alt: name, src: source });
}
