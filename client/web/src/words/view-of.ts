/** How a document may be shown on the page; `none`: it can only be downloaded. */
export type View = "text" | "picture" | "sound" | "film" | "pdf" | "record" | "none";

type Viewable = { readonly kind: "file" | "note" | "record"; readonly type: string };

// Why lists and no wildcards: these cannot run anything. HTML and SVG of a stranger must never be shown inside this origin; as text
// they may be read.
const pictures = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"]);
export const sounds: ReadonlySet<string> = new Set([
  "audio/mpeg",
  "audio/mp4",
  "audio/x-m4a",
  "audio/aac",
  "audio/ogg",
  "audio/wav",
  "audio/x-wav",
  "audio/flac",
  "audio/webm",
]);
export const films: ReadonlySet<string> = new Set(["video/mp4", "video/webm", "video/ogg", "video/quicktime"]);
const texts = new Set([
  "application/json",
  "application/xml",
  "application/javascript",
  "application/x-sh",
  "application/toml",
  "application/yaml",
  "image/svg+xml",
  "message/rfc822",
]);
/** What a page shows from its memory, bytes at most: a phone's browser ends pages that take more. */
const mostHeld = { picture: 60_000_000, sound: 200_000_000, film: 200_000_000, pdf: 100_000_000 };
/** Of a long text this much is shown, and only this much is fetched. */
export const shownTextBytes = 256 * 1024;

/** `text/plain` of `Text/Plain; charset=utf-8`. */
export function plainType(type: string): string {
  return (type.split(";")[0] ?? "").trim().toLowerCase();
}

export function isPicture(type: string): boolean {
  return pictures.has(plainType(type));
}

/** Whether so many bytes can be shown from memory. Films and sound are held only where they cannot be played piece by piece. */
export function isHeldEasily(view: keyof typeof mostHeld, size: number): boolean {
  return size <= mostHeld[view];
}

export function viewOf({ kind, type }: Viewable): View {
  const plain = plainType(type);
  if (kind === "record") return "record";
  if (kind === "note" || plain.startsWith("text/") || texts.has(plain)) return "text";
  if (pictures.has(plain)) return "picture";
  if (sounds.has(plain)) return "sound";
  if (films.has(plain)) return "film";
  return plain === "application/pdf" ? "pdf" : "none";
}
