import type { DocumentInfo, OpenedRanges } from "@afterkeep/sdk";

type StreamOptions = {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
};
/** How a document is read. All of them give only verified bytes; an error in the stream means that nothing of it may be used. */
export type DocumentReader = {
  stream(options: StreamOptions): Promise<ReadableStream<Uint8Array>>;
  /** The first bytes of it, fetched without the rest. */
  beginning(bytes: number, signal?: AbortSignal): Promise<Uint8Array>;
  /** Reads here and there of it, for players. */
  ranges(): Promise<OpenedRanges["read"]>;
  /** The small picture sealed beside it, or null. */
  thumbnail(): Promise<Uint8Array | null>;
};

export type PreviewProps = { document: DocumentInfo; reader: DocumentReader };
