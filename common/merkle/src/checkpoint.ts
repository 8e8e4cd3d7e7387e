import { type Bytes, decodeBase64, encodeBase64, expectLength, MalformedError } from "@afterkeep/bytes";
import type { SigningKey } from "@afterkeep/crypto";
import { hashLength } from "./hashes.ts";
import { decodeNote, encodeNote, type NoteVerifier, signNote, verifyNote } from "./note.ts";

/** A tree head as it is signed: the log's origin, its size and its root. Source: C2SP tlog-checkpoint. */
export type Checkpoint = { readonly origin: string; readonly size: number; readonly root: Uint8Array };

/** The three lines that are signed. This product's logs write no extension lines. */
export function encodeCheckpoint(checkpoint: Checkpoint): string {
  if (!/^\S+$/u.test(checkpoint.origin) || !Number.isSafeInteger(checkpoint.size) || checkpoint.size < 0) {
    throw new MalformedError("checkpoint");
  }
  const root = encodeBase64(expectLength(checkpoint.root, hashLength, "checkpoint"), "padded");
  return `${checkpoint.origin}\n${checkpoint.size}\n${root}\n`;
}

/** Reads the untrusted text of a checkpoint; its signature must have been checked. Throws MalformedError. */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin, size, root, end, ...more] = text.split("\n");
  if (!origin || !size || !root || end !== "" || more.length > 0) throw new MalformedError("checkpoint");
  const checkpoint = { origin, size: Number(size), root: decodeBase64(root, "padded") };
  if (encodeCheckpoint(checkpoint) !== text) throw new MalformedError("checkpoint");
  return checkpoint;
}

/** The signed note over a tree head; the origin is the signer's name. */
export function signCheckpoint(checkpoint: Checkpoint, key: SigningKey): Bytes {
  const text = encodeCheckpoint(checkpoint);
  return encodeNote({ text, signatures: [signNote(text, checkpoint.origin, key)] });
}

/**
 * Reads an untrusted signed checkpoint. Throws MalformedError on its form, SignatureError unless `verifier` signed it; the origin
 * must be the verifier's name, so one log's checkpoint cannot stand for another's.
 */
export function verifyCheckpoint(bytes: Uint8Array, verifier: NoteVerifier): Checkpoint {
  const note = decodeNote(bytes);
  verifyNote(note, verifier);
  const checkpoint = parseCheckpoint(note.text);
  if (checkpoint.origin !== verifier.name) throw new MalformedError("checkpoint");
  return checkpoint;
}
