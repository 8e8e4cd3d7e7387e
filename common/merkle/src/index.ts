export { hashLength, leafHash, nodeHash, startLeafHash } from "./hashes.ts";
export { emptyRoot, rootOfLeaves } from "./root.ts";
export { proveInclusion, verifyInclusion } from "./inclusion.ts";
export { proveConsistency, verifyConsistency } from "./consistency.ts";
export { RangeHasher } from "./range.ts";
export {
  decodeEntryBundle,
  encodeEntryBundle,
  type TileAddress,
  tileHashes,
  tilePath,
  tileRoot,
  tileWidth,
} from "./tiles.ts";
export {
  decodeNote,
  encodeNote,
  formatVerifierKey,
  type Note,
  noteKeyHash,
  type NoteSignature,
  noteVerifier,
  type NoteVerifier,
  parseVerifierKey,
  signNote,
  verifyNote,
} from "./note.ts";
export { type Checkpoint, encodeCheckpoint, parseCheckpoint, signCheckpoint, verifyCheckpoint } from "./checkpoint.ts";
export {
  decodeLeafList,
  encodeLeafList,
  type ObjectLayout,
  objectLayout,
  type PayloadDigest,
  PayloadHasher,
  payloadRoot,
  sliceCount,
  sliceLength,
} from "./slices.ts";
