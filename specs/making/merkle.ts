import { decodeUtf8, encodeUtf8 } from "@afterkeep/bytes";
import { signingKeyFromSeed } from "@afterkeep/crypto";
import {
  formatVerifierKey,
  leafHash,
  noteVerifier,
  PayloadHasher,
  proveConsistency,
  proveInclusion,
  rootOfLeaves,
  signCheckpoint,
} from "@afterkeep/merkle";
import { hex, named, type VectorFile } from "./values.ts";

const leaves = Array.from({ length: 9 }, (_, i) => leafHash(encodeUtf8(`leaf ${i}`)));

/** A log of nine leaves, and the slice trees of payloads around the slice length (byte i is i·7 mod 251). */
export function merkleVectors(): VectorFile {
  const key = signingKeyFromSeed(named("log seed"));
  const origin = "log.example/afterkeep";
  const root = rootOfLeaves(leaves);
  return {
    about: "RFC 6962 trees, C2SP checkpoints, payload slices; bytes are hexadecimal",
    leaves: leaves.map((hash, i) => ({ data: `leaf ${i}`, hash: hex(hash) })),
    roots: Array.from({ length: 10 }, (_, size) => size).map((size) => ({
      size,
      root: hex(rootOfLeaves(leaves.slice(0, size))),
    })),
    inclusion: [0, 4, 8].map((index) => ({ index, size: 9, proof: proveInclusion(index, leaves).map(hex) })),
    consistency: [1, 4, 6, 8, 9].map((size) => ({ old: size, new: 9, proof: proveConsistency(size, leaves).map(hex) })),
    checkpoint: {
      verifierKey: formatVerifierKey(noteVerifier(origin, key.publicKey)),
      note: decodeUtf8(signCheckpoint({ origin, size: leaves.length, root }, key)),
    },
    slices: [32, 2 ** 20, 2 ** 20 + 1, 3 * 2 ** 20].map((length) => {
      const hasher = new PayloadHasher();
      hasher.push(new Uint8Array(length).map((_, i) => (i * 7) % 251));
      return { payloadLen: length, payloadRoot: hex(hasher.finish().payloadRoot) };
    }),
  };
}
