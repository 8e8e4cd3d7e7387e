import {
  type Bytes,
  concatBytes,
  decodeBase64,
  decodeHex,
  decodeUtf8,
  encodeBase64,
  encodeHex,
  encodeUtf8,
  equalBytes,
  MalformedError,
} from "@afterkeep/bytes";
import { isSafePublicKey, sha256, sign, SignatureError, type SigningKey, verify } from "@afterkeep/crypto";

/** Signature algorithm byte of Ed25519 in C2SP signed notes. */
const ed25519Algorithm = 0x01;
const maxNoteBytes = 64 * 1024;
const maxSignatures = 16;

/** One signature line: who (a name without spaces or plus signs), which key, and the bytes. */
export type NoteSignature = { readonly name: string; readonly keyHash: Uint8Array; readonly signature: Uint8Array };

/** A text of whole lines and its signatures. Source: C2SP signed-note. */
export type Note = { readonly text: string; readonly signatures: readonly NoteSignature[] };

/** A log's or witness's name and raw Ed25519 public key. */
export type NoteVerifier = { readonly name: string; readonly publicKey: Uint8Array };

export function noteVerifier(name: string, publicKey: Uint8Array): NoteVerifier {
  if (!isKeyName(name) || !isSafePublicKey(publicKey)) throw new MalformedError("note verifier");
  return { name, publicKey };
}

/** The first four bytes of SHA-256(name ‖ 0x0a ‖ algorithm ‖ public key): says which key made a line, proves nothing. */
export function noteKeyHash(verifier: NoteVerifier): Bytes {
  return sha256(
    concatBytes(encodeUtf8(`${verifier.name}\n`), Uint8Array.of(ed25519Algorithm), verifier.publicKey),
  ).slice(0, 4);
}

/** `name+hash+key`, the form in which a verifier's key is published. */
export function formatVerifierKey(verifier: NoteVerifier): string {
  const key = encodeBase64(concatBytes(Uint8Array.of(ed25519Algorithm), verifier.publicKey), "padded");
  return `${verifier.name}+${encodeHex(noteKeyHash(verifier))}+${key}`;
}

/** Reads a published verifier key. Untrusted: throws MalformedError unless hash and algorithm fit. */
export function parseVerifierKey(text: string): NoteVerifier {
  const [name, hash, ...rest] = text.split("+");
  if (name === undefined || hash === undefined || rest.length === 0) throw new MalformedError("verifier key");
  const key = decodeBase64(rest.join("+"), "padded");
  if (key.length !== 33 || key[0] !== ed25519Algorithm) throw new MalformedError("verifier key");
  const verifier = noteVerifier(name, key.slice(1));
  if (!equalBytes(noteKeyHash(verifier), decodeHex(hash))) throw new MalformedError("verifier key");
  return verifier;
}

/** The note's bytes: text, empty line, one line per signature. */
export function encodeNote(note: Note): Bytes {
  if (!note.text.endsWith("\n") || hasControl(note.text)) throw new MalformedError("note text");
  const lines = note.signatures.map(
    (line) => `— ${line.name} ${encodeBase64(concatBytes(line.keyHash, line.signature), "padded")}\n`,
  );
  return encodeUtf8(`${note.text}\n${lines.join("")}`);
}

/** Reads untrusted note bytes without checking any signature. Throws MalformedError on anything but the exact form. */
export function decodeNote(bytes: Uint8Array): Note {
  if (bytes.length > maxNoteBytes) throw new MalformedError("note");
  const all = decodeUtf8(bytes);
  const split = all.lastIndexOf("\n\n");
  if (split < 0 || hasControl(all) || !all.endsWith("\n")) throw new MalformedError("note");
  const lines = all.slice(split + 2, -1).split("\n");
  if (lines.length > maxSignatures) throw new MalformedError("note");
  return { text: all.slice(0, split + 1), signatures: lines.map(parseSignatureLine) };
}

function parseSignatureLine(line: string): NoteSignature {
  const match = /^\u2014 (\S+) (\S+)$/u.exec(line);
  const [name, encoded] = [match?.[1] ?? "", match?.[2] ?? ""];
  if (!isKeyName(name)) throw new MalformedError("note signature");
  const bytes = decodeBase64(encoded, "padded");
  if (bytes.length < 5) throw new MalformedError("note signature");
  return { name, keyHash: bytes.slice(0, 4), signature: bytes.slice(4) };
}

/** Signs a text of whole lines under a name. */
export function signNote(text: string, name: string, key: SigningKey): NoteSignature {
  const verifier = noteVerifier(name, key.publicKey);
  return { name, keyHash: noteKeyHash(verifier), signature: sign(encodeUtf8(text), key) };
}

/**
 * Throws SignatureError unless the note is signed by `verifier`. Lines by other keys are skipped (a note may carry witnesses that
 * we do not know); a line that claims to be by this key and is not valid refuses the whole note.
 */
export function verifyNote(note: Note, verifier: NoteVerifier): void {
  const keyHash = noteKeyHash(verifier);
  const own = note.signatures.filter((line) => line.name === verifier.name && equalBytes(line.keyHash, keyHash));
  const text = encodeUtf8(note.text);
  if (own.length !== 1 || !own.every((line) => verify(line.signature, text, verifier.publicKey)))
    throw new SignatureError();
}

function isKeyName(name: string): boolean {
  return name.length > 0 && !/[\s+]/u.test(name);
}

/** Control characters other than the line feed. Source: C2SP signed-note. */
function hasControl(text: string): boolean {
  return Array.from(text).some((character) => character < " " && character !== "\n");
}
