export type ImportOptions = {
  /** The passphrase of a protected export. It is used as typed: other programs do not normalise. */
  readonly passphrase?: string;
  /** A KeePass key file, alone or beside the passphrase. */
  readonly keyFile?: Uint8Array;
  /** The time given to items whose export names none, in ms. */
  readonly nowMs: number;
  readonly signal?: AbortSignal;
};
