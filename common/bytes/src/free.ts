/** What is smaller may lie in memory that a runtime shares out to many. */
const smallestFreed = 16_384;

/**
 * Frees the memory of bytes that nobody will read again: they are empty afterwards. Does nothing where they are a view of something larger.
 * Why by hand: memory outside of a runtime's heap is else freed when the runtime gets to it, tens of megabytes later.
 */
export function freeBytes({ buffer, byteLength }: Uint8Array): void {
  if (byteLength < smallestFreed || byteLength !== buffer.byteLength || !(buffer instanceof ArrayBuffer)) return;
  // Why asked: browsers of before 2024 have no such method.
  if ("transfer" in buffer) buffer.transfer(0);
}
