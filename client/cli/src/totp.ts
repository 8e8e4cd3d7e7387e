import { createHmac } from "node:crypto";
import { UsageError } from "./usage-error.ts";

const stepMs = 30_000;

/** The step of RFC 6238 at a moment. */
export function totpStep(nowMs: number): number {
  return Math.floor(nowMs / stepMs);
}

/** The six digits of a step (RFC 6238 with SHA-1, RFC 4226 §5.3). @param secret base32 as in authenticator apps */
export function totpCode(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", decodeBase32(secret)).update(counter).digest();
  const offset = (mac[mac.length - 1] ?? 0) & 0x0f;
  return String((mac.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, "0");
}

function decodeBase32(text: string): Buffer {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const letters = text.toUpperCase().replaceAll(/[\s=]/g, "");
  const bits = [...letters].map((letter) => {
    const value = alphabet.indexOf(letter);
    if (value < 0) throw new UsageError("The TOTP secret is not base32.");
    return value.toString(2).padStart(5, "0");
  });
  const bytes = bits.join("").match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}
