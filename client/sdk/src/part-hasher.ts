import type { Bytes } from "@afterkeep/bytes";
import { newSha256 } from "@afterkeep/sealing";

/** SHA-256 of one part. */
export type PartHasher = {
  /** Is told of the part's bytes as they come. */
  update(bytes: Bytes): void;
  /** @param whole the same bytes together, not to be changed until this resolves */
  digest(whole: Bytes): Promise<Bytes>;
};

/**
 * Why two ways: Node's own hash takes the bytes while they are in the processor's cache, where its WebCrypto would first copy all of the
 * part; browsers have only WebCrypto, and hash in another thread beside the sealing.
 */
export function newPartHasher(): PartHasher {
  if (newSha256 === null)
    return {
      update: () => undefined,
      digest: async (whole) => new Uint8Array(await crypto.subtle.digest("SHA-256", whole)),
    };
  const hash = newSha256();
  return { update: (bytes) => hash.update(bytes), digest: async () => hash.digest() };
}
