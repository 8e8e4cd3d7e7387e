import { decodeUtf8 } from "@afterkeep/bytes";
import { collectBytes } from "@afterkeep/sealing";

/** All bytes of a document that is known to be small. Rejects if the stream fails; then nothing of it may be used. */
export function readAll(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  return collectBytes(stream);
}

/** A note's text. */
export async function readText(stream: ReadableStream<Uint8Array>): Promise<string> {
  return decodeUtf8(await collectBytes(stream));
}
