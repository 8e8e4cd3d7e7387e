import { type Bytes, copyBytes, type RandomSource, randomBytes } from "@afterkeep/bytes";
import {
  type AgeRecipient,
  createHeader,
  newFileKey,
  payloadKey,
  payloadLength,
  payloadNonceLength,
  recipientKind,
} from "@afterkeep/formats";
import type { ManifestEntry } from "@afterkeep/formats";
import { openDocument, type OpenedHeader } from "./open-document.ts";
import { cipherStream } from "./payload-stream.ts";
import { type FetchRange, type OpenOptions, verifiedPayload } from "./verified-slices.ts";
import { payloadEngine } from "#engine";

/** One standard age v1 file. */
export type ExportedFile = { readonly length: number; readonly bytes: AsyncGenerator<Uint8Array, void, undefined> };

export type ExportOptions = OpenOptions & { readonly random?: RandomSource };

/**
 * Writes a document as one standard age file for `recipient`: for a hybrid one the stored payload behind a new header, for an
 * X25519 one everything is encrypted anew.
 *
 * Why anew: the stored payload's file key is protected against quantum computers by every header it has; an X25519 header with the
 * same key would end that for the stored copy too.
 */
export async function exportDocument(
  opened: OpenedHeader,
  entry: ManifestEntry,
  recipient: AgeRecipient,
  fetchRange: FetchRange,
  options: ExportOptions = {},
): Promise<ExportedFile> {
  const isHybrid = recipientKind(recipient) === "hybrid";
  const fileKey = isHybrid ? opened.fileKey : newFileKey(options.random);
  const header = await createHeader(fileKey, [recipient], { pad: "exact" });
  const payload = isHybrid
    ? verifiedPayload(entry, fetchRange, options)
    : encryptAnew(fileKey, openDocument(opened, entry, fetchRange, options), options.random ?? randomBytes);
  return { length: header.length + payloadLength(opened.metadata.size), bytes: prefixed(header, payload) };
}

async function* prefixed(first: Bytes, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  yield first;
  yield* rest;
}

async function* encryptAnew(
  fileKey: Bytes,
  plaintext: AsyncGenerator<Uint8Array>,
  random: RandomSource,
): AsyncGenerator<Uint8Array, void, undefined> {
  const nonce = copyBytes(random(payloadNonceLength));
  yield nonce;
  yield* cipherStream(plaintext, {
    direction: "seal",
    key: payloadKey(fileKey, nonce),
    engine: await payloadEngine(0),
  });
}
