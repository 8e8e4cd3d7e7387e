import { changeProfile, type Device, readProfile } from "./device.ts";
import { RefusedError } from "./errors.ts";

/** What an owner must be told after a restore, until they say that they have looked. */
export type RestoreNotice = {
  /** Statements that this device had seen are gone: people, documents or bequests may be as they were earlier. */
  readonly isChainOlder: boolean;
};

/** Null where there is nothing to be told, or it was looked at. Asks nobody. */
export async function restoreNotice(device: Device): Promise<RestoreNotice | null> {
  const { restored } = await readProfile(device);
  return restored === null || restored.isSeen ? null : { isChainOlder: restored.isChainOlder };
}

/** The owner has looked, or says that the server was restored where this device met nothing of it: it goes on from what there is. */
export async function forgetRestore(device: Device): Promise<void> {
  await changeProfile(device, ({ restored }) => ({
    restored: restored === null ? null : { ...restored, isSeen: true, isChainOlder: false },
    // Why these too, and whatever this device met of it: plans and log went back with a database, and would be refused as older ones for ever.
    labels: {},
    log: null,
  }));
}

/**
 * Throws RefusedError where the chain was set back and nobody looked yet. Why: what is signed now rests on people and keys as they were earlier, and an
 * owner would take for granted what they had changed since.
 */
export async function expectNoneRestored(device: Device): Promise<void> {
  const notice = await restoreNotice(device);
  if (notice?.isChainOlder !== true) return;
  throw new RefusedError(
    "chain-restored",
    "The server and your keyholder were restored from a backup, and what you changed since then is gone.",
    {
      next: "Look at your people, your devices and every bequest first, then confirm that you have (afterkeep account confirm-restore).",
    },
  );
}
