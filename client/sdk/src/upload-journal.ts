import type { Id } from "@afterkeep/bytes";

/** What a device keeps of an upload that has begun. Plain texts and numbers, so that an adapter can write it as a line of JSON. */
export type JournalledUpload = {
  readonly account: Id;
  readonly doc: Id;
  readonly ver: Id;
  /** Sealed under the owner's root key, base64url: the plan with the file key, and what the person sees of it. */
  readonly record: string;
};

/** A part that left this device, or was about to. */
export type JournalledPart = {
  /** From 0. */
  readonly part: number;
  /** SHA-256, base64url. */
  readonly sha256: string;
};

/**
 * Remembers uploads across processes, so that one that broke off can go on. Every promise resolves only when what it did is durable.
 *
 * Why it must be: two different contents sealed under one key and nonce are a two-time pad. A part whose hash was not noted before it left
 * could be sealed again from an edited file (protocol §2 "Resume", §7 S12).
 */
export type UploadJournal = {
  begin(upload: JournalledUpload): Promise<void>;
  /**
   * Notes a part before it leaves, and answers the hash that now stands in the journal for it: of several attempts, also of other
   * processes, the first one wins and every later one is answered with it. An upload that is not in the journal: rejects.
   */
  notePart(ver: string, part: number, sha256: string): Promise<string>;
  list(): Promise<readonly (JournalledUpload & { readonly parts: readonly JournalledPart[] })[]>;
  /** Forgets an upload; one that is not there, too. */
  remove(ver: string): Promise<void>;
};

/** Remembers until the page or process ends. */
export function memoryJournal(): UploadJournal {
  const uploads = new Map<string, { upload: JournalledUpload; parts: Map<number, string> }>();
  return {
    begin: async (upload) => void uploads.set(upload.ver, { upload, parts: new Map() }),
    notePart: async (ver, part, sha256) => {
      const parts = uploads.get(ver)?.parts;
      if (parts === undefined) throw new Error("this upload is not in the journal");
      const noted = parts.get(part) ?? sha256;
      parts.set(part, noted);
      return noted;
    },
    list: async () =>
      [...uploads.values()].map(({ upload, parts }) => ({
        ...upload,
        parts: [...parts].map(([part, sha256]) => ({ part, sha256 })),
      })),
    remove: async (ver) => void uploads.delete(ver),
  };
}
