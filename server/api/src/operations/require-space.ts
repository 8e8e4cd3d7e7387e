import type { ObjectStore } from "../objects/object-store.ts";
import type { ApiLimits } from "../services.ts";
import { storageFull } from "./document-refusals.ts";

/** Throws DependencyError `storage-full` when `wanted` bytes would leave less on the disk than is to be kept free. */
export async function requireSpace(
  objects: ObjectStore,
  { keepFree }: Pick<ApiLimits, "keepFree">,
  wanted: number,
): Promise<void> {
  const { total, free } = await objects.space();
  if (free - wanted < Math.min(keepFree.bytes, keepFree.share * total)) throw storageFull();
}
