import type { Message } from "./message.ts";

const style = `
  :root { color-scheme: light dark; --ink: #1f2a2c; --quiet: #5d6b6e; --paper: #f7f5f0; --sheet: #fffefb; --line: #ddd8cc; --accent: #1f6f6b; }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #e9e6de; --quiet: #a3aeae; --paper: #161b1c; --sheet: #1f2627; --line: #343d3e; --accent: #7cc7c1; }
  }
  body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.6 system-ui, sans-serif; }
  main { max-width: 46rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
  h1 { font-size: 1.4rem; font-weight: 600; margin: 0 0 .25rem; overflow-wrap: anywhere; }
  p.note, .quiet { color: var(--quiet); }
  a { color: var(--accent); }
  ul { list-style: none; margin: 1.5rem 0; padding: 0; border-top: 1px solid var(--line); }
  li a { display: block; padding: .8rem .25rem; border-bottom: 1px solid var(--line); color: inherit; text-decoration: none; }
  li a:hover, li a:focus-visible { background: var(--sheet); }
  li strong { display: block; font-weight: 600; overflow-wrap: anywhere; }
  li span { font-size: .9rem; color: var(--quiet); overflow-wrap: anywhere; }
  article { background: var(--sheet); border: 1px solid var(--line); border-radius: .5rem; padding: 1.25rem; margin-top: 1.25rem;
    white-space: pre-wrap; overflow-wrap: anywhere; }
  form { display: flex; gap: .5rem; flex-wrap: wrap; margin-top: 1rem; }
  input, button { font: inherit; padding: .45rem .7rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--sheet); color: inherit; }
  input { flex: 1 1 14rem; }
`;

/** The list of mails, newest first. `to` is what the list was narrowed to. */
export function renderList(messages: readonly Message[], to: string | undefined): string {
  const rows = messages.map(
    (
      message,
    ) => `<li><a href="/messages/${escapeHtml(message.id)}"><strong>${escapeHtml(message.subject || "(no subject)")}</strong>
      <span>to ${escapeHtml(message.to.join(", "))} · ${renderTime(message.receivedMs)}</span></a></li>`,
  );
  const list = rows.length === 0 ? `<p class="quiet">Nothing has arrived yet.</p>` : `<ul>${rows.join("\n")}</ul>`;
  return renderPage(
    "Mailbox",
    `<h1>Mailbox</h1>
    <p class="note">Every mail that Afterkeep sends on this machine lands here. None of it leaves.</p>
    <form method="get" action="/"><input type="search" name="to" aria-label="Address" placeholder="Only mails to this address"
      value="${escapeHtml(to ?? "")}"><button>Show</button></form>
    ${list}`,
  );
}

/** One mail: its text, with links that can be followed. HTML parts are never shown as HTML. */
export function renderMessage(message: Message): string {
  const subject = message.subject || "(no subject)";
  return renderPage(
    subject,
    `<p><a href="/">All mails</a></p>
    <h1>${escapeHtml(subject)}</h1>
    <p class="quiet">from ${escapeHtml(message.from)}<br>to ${escapeHtml(message.to.join(", "))}<br>${renderTime(message.receivedMs)}</p>
    <article>${linkify(message.text)}</article>
    <p><a href="/messages/${escapeHtml(message.id)}.eml">The mail as it was sent</a></p>`,
  );
}

export function renderPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Afterkeep mailbox</title><style>${style}</style></head>
<body><main>${body}</main></body>
</html>
`;
}

/** Escapes for text and for quoted attributes. */
function escapeHtml(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");
}

// Why split first and escape each piece: escaping first would let an entity become part of an address.
function linkify(text: string): string {
  return text
    .split(/(https?:\/\/[^\s<>"']+)/g)
    .map((piece, index) => (index % 2 === 1 ? renderLink(piece) : escapeHtml(piece)))
    .join("");
}

function renderLink(url: string): string {
  const trailing = /[.,;:!?)\]]+$/.exec(url)?.[0] ?? "";
  const address = escapeHtml(url.slice(0, url.length - trailing.length));
  return `<a href="${address}" rel="noreferrer noopener">${address}</a>${escapeHtml(trailing)}`;
}

function renderTime(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `<time datetime="${iso}">${iso.slice(0, 16).replace("T", " ")} UTC</time>`;
}
