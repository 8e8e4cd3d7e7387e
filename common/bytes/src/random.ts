import type { Bytes } from "./concat.ts";

/** Gives `length` fresh unpredictable bytes. Injected everywhere, so that vectors can be made again. */
export type RandomSource = (length: number) => Uint8Array;

/** The platform's generator. The only default anywhere; a fixed source belongs in vectors and tests. */
export const randomBytes = (length: number): Bytes => {
  const bytes = new Uint8Array(length);
  // Why in parts: getRandomValues refuses more than 65536 bytes at a time.
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
};
