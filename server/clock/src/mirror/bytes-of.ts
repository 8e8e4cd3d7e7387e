/** The bytes of a base64url value, as the database stores them. */
export function bytesOf(b64url: string): Buffer {
  return Buffer.from(b64url, "base64url");
}
