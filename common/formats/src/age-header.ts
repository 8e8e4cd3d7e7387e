import {
  type Bytes,
  concatBytes,
  decodeBase64,
  decodeUtf8,
  encodeBase64,
  encodeUtf8,
  expectLength,
  MalformedError,
} from "@afterkeep/bytes";
import { hkdf, hmacSha256, isHmacSha256 } from "@afterkeep/crypto";

/** One recipient's part of a header: type and arguments, and the wrapped file key. Source: C2SP age, Header. */
export type Stanza = { readonly args: readonly string[]; readonly body: Uint8Array };

/** A header that was read, its MAC not yet checked. */
export type ParsedHeader = {
  readonly stanzas: readonly Stanza[];
  readonly mac: Bytes;
  /** What the MAC covers: everything up to and including `---`. */
  readonly authenticated: Bytes;
  /** Bytes of the whole header; in a file the payload begins here. */
  readonly length: number;
};

export const fileKeyLength = 16;

/** Room for more than 600 hybrid stanzas; a bound on what an untrusted header makes us read. */
export const maxHeaderLength = 2 ** 20;

const versionLine = "age-encryption.org/v1";
const columns = 64;
const what = "age header";

/** The header text for these stanzas, with its MAC under `fileKey`. */
export function encodeHeader(stanzas: readonly Stanza[], fileKey: Uint8Array): Bytes {
  const authenticated = encodeUtf8(`${versionLine}\n${stanzas.map(formatStanza).join("")}---`);
  const mac = hmacSha256(macKey(fileKey), authenticated);
  return concatBytes(authenticated, encodeUtf8(` ${encodeBase64(mac, "unpadded")}\n`));
}

/** Whether a header's MAC is by this file key. */
export function isHeaderOfFileKey(header: ParsedHeader, fileKey: Uint8Array): boolean {
  return isHmacSha256(macKey(fileKey), header.authenticated, header.mac);
}

/**
 * Reads the untrusted header at the start of `file` (a whole file, or the header alone). Throws MalformedError on anything that
 * the specification's grammar does not allow, non-canonical base64 included.
 */
export function parseHeader(file: Uint8Array): ParsedHeader {
  const lines = new LineReader(file);
  if (lines.next() !== versionLine) throw new MalformedError(what);
  const stanzas: Stanza[] = [];
  let line = lines.next();
  for (; line.startsWith("-> "); line = lines.next()) stanzas.push(readStanza(line, lines));
  if (stanzas.length === 0 || !line.startsWith("--- ")) throw new MalformedError(what);
  const mac = expectLength(decodeBase64(line.slice(4), "unpadded"), 32, what);
  const authenticated = new Uint8Array(file.slice(0, lines.offset - line.length - 1 + 3));
  return { stanzas, mac, authenticated, length: lines.offset };
}

function macKey(fileKey: Uint8Array): Bytes {
  return hkdf(expectLength(fileKey, fileKeyLength, "file key"), new Uint8Array(0), encodeUtf8("header"), 32);
}

function formatStanza(stanza: Stanza): string {
  if (!stanza.args.every(isArgument) || stanza.args.length === 0) throw new MalformedError("age stanza");
  const body = encodeBase64(stanza.body, "unpadded");
  // Invariant: the last line is shorter than 64 columns, empty if need be; that is how a reader knows the end.
  const lines = Array.from({ length: Math.floor(body.length / columns) + 1 }, (_, i) =>
    body.slice(i * columns, (i + 1) * columns),
  );
  return `-> ${stanza.args.join(" ")}\n${lines.join("\n")}\n`;
}

function readStanza(line: string, lines: LineReader): Stanza {
  const args = line.slice(3).split(" ");
  if (!args.every(isArgument)) throw new MalformedError(what);
  const parts: Uint8Array[] = [];
  for (;;) {
    const text = lines.next();
    if (text.length > columns) throw new MalformedError(what);
    parts.push(decodeBase64(text, "unpadded"));
    if (text.length < columns) return { args, body: concatBytes(...parts) };
  }
}

function isArgument(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

/** Lines that end in one 0x0a. Why our own: splitting the whole file would decode gigabytes of payload as text. */
class LineReader {
  readonly #bytes: Uint8Array;
  offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes.subarray(0, maxHeaderLength);
  }

  next(): string {
    const end = this.#bytes.indexOf(0x0a, this.offset);
    if (end < 0) throw new MalformedError(what);
    const line = decodeUtf8(this.#bytes.subarray(this.offset, end));
    this.offset = end + 1;
    return line;
  }
}
