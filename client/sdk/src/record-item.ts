import { type Id, MalformedError } from "@afterkeep/bytes";
import { type DocumentRecord, encodeRecord, parseRecord, recordLimits, recordMediaType } from "@afterkeep/formats";
import { RefusedError } from "./errors.ts";
import { readAll } from "./read-stream.ts";
import type { SealItem } from "./seal-item.ts";

/** A record to seal. Throws RefusedError "not-possible" if it is larger than a record may be. */
export function itemFromRecord(item: {
  readonly name: string;
  readonly folder?: string | undefined;
  readonly record: DocumentRecord;
  readonly modified: number;
  /** Sealed as the next version of this document. */
  readonly document?: Id | undefined;
}): SealItem {
  const bytes = encodedOrRefused(item.record);
  return {
    kind: "record",
    name: item.name,
    folder: item.folder ?? "",
    type: recordMediaType,
    size: bytes.length,
    modified: item.modified,
    document: item.document,
    open: async function* () {
      yield bytes;
    },
  };
}

/** A record's fields, from a document's stream. Throws RefusedError "not-possible" if it is none that this version knows. */
export async function readRecord(stream: ReadableStream<Uint8Array>): Promise<DocumentRecord> {
  try {
    return parseRecord(await readAll(atMost(stream, recordLimits.record)));
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new RefusedError("not-possible", "This is not a record that this version can show.", {
      next: "Open it as a file instead.",
      cause: error,
    });
  }
}

function atMost(stream: ReadableStream<Uint8Array>, maxBytes: number): ReadableStream<Uint8Array> {
  let length = 0;
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform(part, controller) {
      length += part.length;
      if (length > maxBytes) throw new MalformedError("document record");
      controller.enqueue(part);
    },
  });
  return stream.pipeThrough(count);
}

function encodedOrRefused(record: DocumentRecord): Uint8Array {
  try {
    return encodeRecord(record);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new RefusedError("not-possible", "There is more in this record than a record can hold.", {
      next: "Keep long texts in a note or a file.",
      cause: error,
    });
  }
}
