import PostalMime from "postal-mime";

/** A mail as the page and the JSON show it. */
export type Message = {
  id: string;
  from: string;
  to: string[];
  subject: string;
  receivedMs: number;
  text: string;
  html: string | null;
};
/** A mail as it arrived: who it was really for stands in the envelope, not in its headers. */
export type Arrival = { id: string; from: string; to: string[]; receivedMs: number; raw: Uint8Array };

/** Reads a mail. Whatever is missing or cannot be read is empty; nothing in it is trusted. */
export async function parseMessage({ id, from, to, receivedMs, raw }: Arrival): Promise<Message> {
  const parsed = await PostalMime.parse(raw);
  return {
    id,
    from: parsed.from?.address ?? from,
    to,
    subject: parsed.subject ?? "",
    receivedMs,
    text: parsed.text ?? "",
    html: parsed.html ?? null,
  };
}
