import type { SavedFile } from "@afterkeep/sealing";

/** A folder that is being written. Paths have `/` between names. */
export type BundleSink = {
  /**
   * Writes a whole file; complete and durable when it resolves. It takes the place of an earlier one only at its end: if this rejects, the
   * earlier one is there as it was, or none.
   */
  writeFile(path: string, content: Uint8Array | ReadableStream<Uint8Array>): Promise<void>;
  /** Also where there is none. */
  removeFile(path: string): Promise<void>;
  /** What is there already; null where there is no such file. */
  readFile(path: string): Promise<SavedFile | null>;
};

export const releaseFile = "release.json";
