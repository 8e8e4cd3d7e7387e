/** Lets go of what is held. */
export type Release = () => Promise<void>;

/**
 * Says, across all pages or processes that share a journal, which uploads are under way. What is held is let go by `Release` or by the end of
 * its page or process, also a sudden one; never by time, because a slow upload is not a dead one.
 *
 * Why it must be: two that go on with one upload at the same moment disturb each other, and one that discards what another still sends
 * throws away what is about to be signed for.
 */
export type UploadLocks = {
  /** Holds a version, or answers null: it is held already, here or elsewhere. Of two attempts at the same moment one wins at most. */
  tryHold(ver: string): Promise<Release | null>;
  /** The versions that are held, here or elsewhere. */
  listHeld(): Promise<ReadonlySet<string>>;
};

/** For all who are given the same one. */
export function memoryLocks(): UploadLocks {
  const held = new Set<string>();
  return {
    tryHold: async (ver) => {
      if (held.has(ver)) return null;
      held.add(ver);
      return async () => void held.delete(ver);
    },
    listHeld: async () => new Set(held),
  };
}
