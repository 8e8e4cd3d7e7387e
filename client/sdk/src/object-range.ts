import type { FetchRange } from "@afterkeep/sealing";
import type { Device } from "./device.ts";
import { documentForged } from "./verify-rows.ts";

/** A range read of an object route. A server that ignores Range answers everything; that is not what was asked and is refused. */
export function rangeReader(
  device: Device,
  name: "getObject" | "getReleasedObject",
  params: Record<string, string>,
  signal: AbortSignal | undefined,
): FetchRange {
  return async (from, to) => {
    const response = await device.transport.download(name, params, { from, to }, signal);
    if (response.body === null || (response.status !== 206 && from !== 0)) throw documentForged();
    return response.body;
  };
}
