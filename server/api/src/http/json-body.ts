import { secureJsonParse } from "./secure-json.ts";
import { malformed } from "./http-error.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads a request's JSON. Throws HttpError 400 on bad UTF-8, a byte order mark, broken JSON or a poisoned prototype. */
export function parseJsonBody(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  return secureJsonParse(decodeText(bytes));
}

function decodeText(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw malformed("encoding-broken", "The request is not valid UTF-8.");
  }
}
