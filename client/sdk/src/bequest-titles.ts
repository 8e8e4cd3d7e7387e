import type { Device } from "./device.ts";
import { SdkError } from "./errors.ts";
import { bequestLabelCodec, readLabel } from "./labels.ts";
import { requireOwner } from "./owner.ts";

/** Titles by bequest; none while the vault is locked (only the root key opens labels) or where they cannot be had. */
export async function readTitles(device: Device): Promise<ReadonlyMap<string, string>> {
  try {
    const keys = await requireOwner(device);
    const { bequests } = await device.transport.call("listBequests", {});
    return new Map(
      bequests.map((row) => [row.b, readLabel(keys, bequestLabelCodec, { ...row, id: row.b }).draft.title]),
    );
  } catch (error) {
    // Why not fail: what counted has counted, whether or not its name can be shown.
    if (error instanceof SdkError) return new Map();
    throw error;
  }
}
