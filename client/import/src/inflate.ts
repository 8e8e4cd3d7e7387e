import { type Bytes, copyBytes } from "@afterkeep/bytes";
import { damaged } from "./import-error.ts";
import { joinBytes } from "./join-bytes.ts";
import { tooLarge } from "./limits.ts";

/**
 * Unpacks untrusted compressed bytes into at most `limit` bytes. Throws ImportError beyond the limit, before more than one further
 * chunk is held, and for bytes that are not of the format.
 */
export async function inflate(packed: Uint8Array, format: "gzip" | "deflate-raw", limit: number): Promise<Bytes> {
  const reader = new Blob([copyBytes(packed)]).stream().pipeThrough(new DecompressionStream(format)).getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw damaged("export");
    });
    if (done) return joinBytes(chunks);
    length += value.length;
    if (length > limit) {
      await reader.cancel().catch(() => undefined);
      throw tooLarge("This export unpacks to more than it may");
    }
    chunks.push(value);
  }
}
