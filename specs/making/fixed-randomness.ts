import { copyBytes, encodeUtf8, type RandomSource } from "@afterkeep/bytes";
import { hkdf } from "@afterkeep/crypto";

/** Bytes that look random and are the same in every run: HKDF blocks over a counter. For vectors only. */
export function fixedRandomForTestsOnly(seed: string): RandomSource {
  let counter = 0;
  return (length) =>
    hkdf(encodeUtf8(seed), encodeUtf8(String(counter++)), encodeUtf8("vectors"), Math.max(1, length)).slice(0, length);
}

/**
 * Runs `action` with the platform's generator replaced, so that what the age library draws is the same in every run.
 * Not for anything that runs beside something else: the replacement is global until `action` ends.
 */
export async function withFixedRandomnessForTestsOnly<T>(seed: string, action: () => Promise<T>): Promise<T> {
  const random = fixedRandomForTestsOnly(seed);
  const fill = <A extends ArrayBufferView>(array: A): A => {
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(copyBytes(random(array.byteLength)));
    return array;
  };
  Object.defineProperty(globalThis.crypto, "getRandomValues", { value: fill, configurable: true });
  try {
    return await action();
  } finally {
    Reflect.deleteProperty(globalThis.crypto, "getRandomValues");
  }
}
