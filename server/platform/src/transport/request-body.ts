import type { IncomingMessage } from "node:http";
import { InputError } from "../errors/errors.ts";

/** Reads a JSON body of at most `maxBytes`; untrusted. Throws InputError for what is too large, not UTF-8 or not JSON. */
export async function readJsonBody(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) throw new InputError("unreadable-body", "The request could not be read.");
    size += chunk.length;
    if (size > maxBytes) throw new InputError("body-too-large", "The request is too large.");
    chunks.push(chunk);
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
    const parsed: unknown = JSON.parse(text);
    return parsed;
  } catch (cause) {
    throw new InputError("unreadable-body", "The request is not JSON.", { cause });
  }
}
