import { RefusedError } from "./errors.ts";
import type { Release, UploadLocks } from "./upload-locks.ts";

/** What one call holds. */
export class HeldUploads {
  readonly #locks: UploadLocks;
  readonly #releases: Release[] = [];

  constructor(locks: UploadLocks) {
    this.#locks = locks;
  }

  /** Throws RefusedError "conflict" if another call, page or process holds the version. */
  async hold(ver: string): Promise<void> {
    const release = await this.#locks.tryHold(ver);
    if (release === null) throw underWay();
    this.#releases.push(release);
  }

  async releaseAll(): Promise<void> {
    // Why failures count for nothing: what the work answered is true all the same, and a lock ends with its process.
    await Promise.allSettled(this.#releases.splice(0).map((release) => release()));
  }
}

/** Does work on uploads while nobody else can. What it begins meanwhile it holds too, until all of it has ended. */
export async function whileHeld<T>(
  locks: UploadLocks,
  vers: readonly string[],
  work: (held: HeldUploads) => Promise<T>,
): Promise<T> {
  const held = new HeldUploads(locks);
  try {
    for (const ver of vers) await held.hold(ver);
    return await work(held);
  } finally {
    await held.releaseAll();
  }
}

function underWay(): RefusedError {
  return new RefusedError("conflict", "This upload is under way already, here or in another window or program.", {
    next: "Wait until it has ended there, or stop it there.",
  });
}
