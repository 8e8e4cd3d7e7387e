import { decodeBase64url } from "@afterkeep/bytes";

/** Bytes of their JSON spelling, in the one canonical form. Throws MalformedError. */
export function fromWire(text: string): Buffer {
  return Buffer.from(decodeBase64url(text));
}

/** The JSON spelling of bytes: unpadded base64url. */
export function toWire(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64url");
}
