import type { Id } from "@afterkeep/bytes";
import { longestPauseMs } from "@afterkeep/switch";
import type { CheckInResult } from "./check-in-result.ts";
import type { Device } from "./device.ts";
import { RefusedError } from "./errors.ts";
import { submitScoped } from "./submit-beside.ts";

/** Disarms one bequest, or all (`b` empty). */
export function disarm(device: Device, b: Id | ""): Promise<CheckInResult> {
  return submitScoped(device, "disarm", b, (fields) => fields);
}

/** Pauses one bequest, or all (`b` empty), for so many attended ms; 0 ends a pause. Its end is the receipt's earliest release. */
export async function pause(device: Device, b: Id | "", forMs: number): Promise<CheckInResult> {
  if (!Number.isSafeInteger(forMs) || forMs < 0 || forMs > longestPauseMs)
    throw new RefusedError("not-possible", "A pause lasts a year at most.", { next: "Choose a shorter one." });
  return submitScoped(device, "pause", b, (fields) => ({ ...fields, forMs }));
}

/** Says no to what recipients ask for, as every check-in does that lets nothing go on; as a statement of its own it is kept in the log. */
export function refuse(device: Device, b: Id | ""): Promise<CheckInResult> {
  return submitScoped(device, "refuse", b, (fields) => fields);
}
