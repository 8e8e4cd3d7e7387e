/** `image/webp` or `image/jpeg` by the first bytes; empty for anything else, which is then not shown. */
export function pictureType(bytes: Uint8Array): "image/webp" | "image/jpeg" | "" {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return "image/jpeg";
  return readAscii(bytes, 0) === "RIFF" && readAscii(bytes, 8) === "WEBP" ? "image/webp" : "";
}

function readAscii(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
