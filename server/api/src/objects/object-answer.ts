import type { Readable } from "node:stream";

/** A download: http picks the range and opens it. */
export type ObjectAnswer = {
  length: number;
  sha256: Buffer;
  /** Bytes `start`…`end`, both inclusive. */
  open(start: number, end: number): Readable;
};
