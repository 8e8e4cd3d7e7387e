import { alphabet64 } from "./alphabet64.ts";
import type { Bytes } from "./concat.ts";
import { MalformedError } from "./malformed.ts";

const codec = alphabet64("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", "base64");

/** Standard base64 (RFC 4648 §4). Age headers use it without padding, signed notes with it. */
export function encodeBase64(bytes: Uint8Array, padding: "padded" | "unpadded"): string {
  const text = codec.encode(bytes);
  return padding === "padded" ? text + "=".repeat((4 - (text.length % 4)) % 4) : text;
}

/** Reads untrusted base64 in exactly the named form and its one canonical spelling. Throws MalformedError. */
export function decodeBase64(text: string, padding: "padded" | "unpadded"): Bytes {
  if (padding === "unpadded") return codec.decode(text);
  const bytes = codec.decode(text.replace(/={1,2}$/, ""));
  if (encodeBase64(bytes, "padded") !== text) throw new MalformedError("base64");
  return bytes;
}
