import { ConflictError, DependencyError, ForbiddenError, NotFoundError } from "@afterkeep/platform";

export function documentUnknown(): NotFoundError {
  return new NotFoundError("document-unknown", "There is no such document.", { next: "Reload the list of documents." });
}

/** @param numbers bytes */
export function quotaExceeded(numbers: { used: number; quota: number; wanted: number }): ForbiddenError {
  const { used, quota, wanted } = numbers;
  return new ForbiddenError(
    "quota-exceeded",
    "This document would need more space than your account has on this server.",
    {
      next: `${used} of ${quota} bytes are in use and this needs ${wanted}. Remove documents, or ask the operator for more space.`,
    },
  );
}

export function tooManyPending(most: number): ConflictError {
  return new ConflictError("too-many-pending", `${most} uploads of this account are unfinished already.`, {
    next: "Finish or discard some of them first.",
  });
}

export function storageFull(): DependencyError {
  return new DependencyError("storage-full", "The server's disk is too full to take this.", {
    next: "Tell the operator. What has arrived is kept; go on when there is space again.",
  });
}

export function partDiffers(): ConflictError {
  return new ConflictError("part-differs", "This part has arrived already, and it was another one.", {
    next: "Discard this upload and seal the file again, with a new key.",
  });
}

export function headerChanged(): ConflictError {
  return new ConflictError("header-changed", "Another device changed who can open this document.", {
    next: "Reload and do it again.",
  });
}
