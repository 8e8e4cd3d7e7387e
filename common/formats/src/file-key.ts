import {
  type Bytes,
  concatBytes,
  copyBytes,
  expectLength,
  MalformedError,
  type RandomSource,
  randomBytes,
} from "@afterkeep/bytes";
import { DecryptionError } from "@afterkeep/crypto";
import { Decrypter, Encrypter } from "age-encryption";
import {
  encodeHeader,
  fileKeyLength,
  isHeaderOfFileKey,
  type ParsedHeader,
  parseHeader,
  type Stanza,
} from "./age-header.ts";
import { type AgeIdentity, type AgeRecipient, generateIdentity, recipientKind, recipientOf } from "./age-keys.ts";

const stanzaKinds: ReadonlyMap<string, "hybrid" | "x25519"> = new Map([
  ["mlkem768x25519", "hybrid"],
  ["X25519", "x25519"],
]);

/** The smallest size class of hybrid headers: hides whether a document is in none, one, two or three bequests. */
const smallestClass = 4;

/** The largest class whose header stays below maxHeaderLength. */
const maxRecipients = 512;

/** A fresh age file key, 16 bytes. One per document version, never reused with another payload nonce for changed content. */
export function newFileKey(random: RandomSource = randomBytes): Bytes {
  return copyBytes(expectLength(random(fileKeyLength), fileKeyLength, "random source"));
}

/**
 * The header that lets `recipients` open a file under `fileKey`.
 *
 * All recipients must be of one kind: an X25519 stanza beside a hybrid one would let a quantum computer open what the hybrid one
 * protects. Hybrid headers are padded with throwaway stanzas to the next of 4, 8, 16, … and shuffled, so that the store does not
 * see how many bequests a document is in; `pad: "exact"` leaves them out.
 * Throws MalformedError on mixed, repeated or no recipients.
 */
export async function createHeader(
  fileKey: Uint8Array,
  recipients: readonly AgeRecipient[],
  options: { readonly pad?: "class" | "exact"; readonly random?: RandomSource } = {},
): Promise<Bytes> {
  expectOneKind(recipients);
  const stanzas = await wrapFileKey(fileKey, recipients);
  const isPadded = recipients.every((recipient) => recipientKind(recipient) === "hybrid") && options.pad !== "exact";
  return encodeHeader(isPadded ? await padStanzas(stanzas, options.random) : stanzas, fileKey);
}

/** The number of stanzas that a header with `count` recipients gets: the next of 4, 8, 16, … */
export function stanzaClass(count: number): number {
  let size = smallestClass;
  while (size < count) size *= 2;
  return size;
}

/**
 * Opens the untrusted header of one of our documents. `null` if none of the identities is a recipient. Throws MalformedError on its
 * form or on stanzas of mixed or foreign kinds, DecryptionError if a stanza or the MAC is not right.
 */
export async function openHeader(header: Uint8Array, identities: readonly AgeIdentity[]): Promise<Bytes | null> {
  const parsed = parseHeader(header);
  if (parsed.length !== header.length) throw new MalformedError("age header");
  expectUniformStanzas(parsed);
  return unwrapFileKey(header, identities);
}

/** Throws MalformedError unless all stanzas are hybrid, or all are X25519. */
export function expectUniformStanzas(header: ParsedHeader): void {
  const kinds = new Set(header.stanzas.map((stanza) => stanzaKinds.get(stanza.args[0] ?? "")));
  if (kinds.size !== 1 || kinds.has(undefined)) throw new MalformedError("age header with stanzas of one kind");
}

/**
 * Opens any valid age header at the start of `file`, as the `age` command would: other tools' stanzas are skipped. Documents go
 * through openHeader. `null` if no identity matches; errors as openHeader.
 */
export async function unwrapFileKey(file: Uint8Array, identities: readonly AgeIdentity[]): Promise<Bytes | null> {
  const parsed = parseHeader(file);
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  let isNoMatch = false;
  // Why: the library throws one untyped error for everything. This last identity is asked only if no other matched.
  decrypter.addIdentity({ unwrapFileKey: () => ((isNoMatch = true), null) });
  try {
    const fileKey = copyBytes(await decrypter.decryptHeader(file.slice(0, parsed.length)));
    // Why again, though the library checked it: the stanzas that we judged are then the ones that the MAC covers, even if our
    // reading of the text and the library's ever differ.
    if (fileKey.length !== fileKeyLength || !isHeaderOfFileKey(parsed, fileKey)) throw new DecryptionError();
    return fileKey;
  } catch {
    if (isNoMatch) return null;
    throw new DecryptionError();
  }
}

/** Adds throwaway hybrid stanzas up to the size class, and shuffles. What they wrap is random. */
async function padStanzas(stanzas: readonly Stanza[], random: RandomSource = randomBytes): Promise<Stanza[]> {
  const missing = stanzaClass(stanzas.length) - stanzas.length;
  if (missing === 0) return shuffle([...stanzas], random);
  const recipient = await nobody();
  const throwaway = await wrapFileKey(
    newFileKey(random),
    Array.from({ length: missing }, () => recipient),
  );
  return shuffle([...stanzas, ...throwaway], random);
}

let nobodysKey: Promise<AgeRecipient> | undefined;

/**
 * A recipient whose private key was never kept.
 * Why real encapsulations, not random bytes: a compressed ML-KEM ciphertext is not uniform, so random bytes would stand out. One key
 * serves for all: a hybrid stanza does not tell for which key it was made.
 */
function nobody(): Promise<AgeRecipient> {
  nobodysKey ??= generateIdentity("hybrid").then(recipientOf);
  return nobodysKey;
}

/**
 * The stanzas that wrap `fileKey` for each recipient, in order, made by the age library.
 *
 * Why through Encrypter: the library shows no recipient type that wraps a given file key, only one that chooses its own. The
 * first recipient here replaces the chosen key by ours, before the others wrap it. The check of the MAC fails if a later release
 * hands out copies.
 */
async function wrapFileKey(fileKey: Uint8Array, recipients: readonly AgeRecipient[]): Promise<Stanza[]> {
  expectLength(fileKey, fileKeyLength, "file key");
  const encrypter = new Encrypter();
  encrypter.addRecipient({ wrapFileKey: (chosen) => (chosen.set(fileKey), []) });
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  const header = parseHeader(await allBytes(await encrypter.encrypt(emptyStream())));
  if (!isHeaderOfFileKey(header, fileKey)) throw new Error("the age library did not wrap the given file key");
  return [...header.stanzas];
}

/** Why a stream of nothing: of bytes the library makes a `Response`, for which Node first loads its HTTP client, for 35 ms. */
function emptyStream(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.close() });
}

/** All bytes of the library's own stream, which is a header and an empty payload. */
async function allBytes(stream: ReadableStream<Uint8Array>): Promise<Bytes> {
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return concatBytes(...parts);
    parts.push(value);
  }
}

function expectOneKind(recipients: readonly AgeRecipient[]): void {
  const kinds = new Set(recipients.map(recipientKind));
  if (kinds.size !== 1 || new Set(recipients).size !== recipients.length) {
    throw new MalformedError("list of distinct age recipients of one kind");
  }
  if (recipients.length > maxRecipients) throw new MalformedError("list of at most 512 recipients");
}

function shuffle<T>(items: T[], random: RandomSource): T[] {
  const ranked = items.map((item) => ({
    item,
    rank: random(8).reduce<bigint>((rank, byte) => rank * 256n + BigInt(byte), 0n),
  }));
  return ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ item }) => item);
}
