/** Every form in which a planted text might lie around: raw, UTF-16, hex, base64 in its three alignments, quoted-printable. */
export function formsOf(text: string): Map<string, Buffer> {
  const utf8 = Buffer.from(text, "utf8");
  const utf16 = Buffer.from(text, "utf16le");
  const forms = new Map<string, Buffer>([
    ["utf-8", utf8],
    ["utf-16le", utf16],
    ["utf-16be", Buffer.from(utf16).swap16()],
    ["hex", Buffer.from(utf8.toString("hex"))],
    ["HEX", Buffer.from(utf8.toString("hex").toUpperCase())],
    ["quoted-printable", Buffer.from(quotedPrintable(utf8))],
    ["json-escaped", Buffer.from(JSON.stringify(text).slice(1, -1))],
    ["url-encoded", Buffer.from(encodeURIComponent(text))],
  ]);
  for (const shift of [0, 1, 2]) {
    const middle = base64Middle(utf8, shift);
    forms.set(`base64+${shift}`, Buffer.from(middle));
    forms.set(`base64url+${shift}`, Buffer.from(middle.replaceAll("+", "-").replaceAll("/", "_")));
  }
  return forms;
}

/** The characters of a base64 text that depend on `bytes` alone when `shift` unknown bytes stand before them. */
function base64Middle(bytes: Buffer, shift: number): string {
  const whole = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString("base64")
    .replaceAll("=", "");
  const first = shift === 0 ? 0 : 4;
  const wholeGroups = Math.floor((shift + bytes.length) / 3) * 4;
  return whole.slice(first, wholeGroups);
}

function quotedPrintable(bytes: Buffer): string {
  let text = "";
  for (const byte of bytes) {
    const isPlain = byte >= 33 && byte <= 126 && byte !== 61;
    text += isPlain || byte === 32 ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return text;
}
