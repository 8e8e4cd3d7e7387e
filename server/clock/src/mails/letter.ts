/** What a mail says, before it becomes text and HTML. */
export type Letter = { subject: string; blocks: readonly Block[] };
/** A paragraph, or a link on a line of its own. */
export type Block = string | { label: string; url: string };

/** The letter as plain text, lines left to the reader's program to wrap. */
export function writeText({ blocks }: Letter): string {
  const paragraphs = blocks.map((block) => (typeof block === "string" ? block : `${block.label}:\n${block.url}`));
  return `${paragraphs.join("\n\n")}\n`;
}

/** The letter as HTML without pictures, styles from elsewhere or anything else that would tell who reads it. */
export function writeHtml({ subject, blocks }: Letter): string {
  const body = blocks.map((block) => (typeof block === "string" ? paragraph(block) : button(block))).join("\n");
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>
<body style="margin:0;padding:24px;font:16px/1.6 Georgia,serif;color:#222;background:#fff">
<div style="max-width:34em;margin:0 auto">
${body}
</div>
</body>
</html>
`;
}

function paragraph(text: string): string {
  return `<p>${escapeHtml(text)}</p>`;
}

function button({ label, url }: { label: string; url: string }): string {
  const style =
    "display:inline-block;padding:12px 20px;border-radius:6px;background:#274b3f;color:#fff;text-decoration:none";
  return `<p><a href="${escapeHtml(url)}" style="${style}">${escapeHtml(label)}</a></p>
<p style="font-size:13px;color:#666;word-break:break-all">${escapeHtml(url)}</p>`;
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
