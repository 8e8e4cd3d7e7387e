import type { Bytes } from "@afterkeep/bytes";
import type { Sha256 } from "@afterkeep/crypto";
import type { ChunkAead } from "@afterkeep/formats";

/** The fastest primitives a platform has. Results are byte for byte those of `crypto`; only the speed differs. */
export type NativeCrypto = {
  readonly name: "node" | "webcrypto" | "javascript";
  readonly sealChunk: ChunkAead<Bytes | Promise<Bytes>>;
  readonly openChunk: ChunkAead<Bytes | Promise<Bytes>>;
  readonly newSha256: () => Sha256;
};
