import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeBase64urlExact } from "@afterkeep/bytes";
import { keyholderInfo } from "@afterkeep/contracts";
import { ForbiddenError, writePrivateFile } from "@afterkeep/platform";
import type { KeyholderInfo } from "./zone-clients.ts";

const pinSchema = keyholderInfo.pick({ publicKey: true, nextKey: true, mode: true });
type Pin = Pick<KeyholderInfo, "publicKey" | "nextKey" | "mode">;
/** The keyholder whose decisions count: its key, 32 raw bytes, and whether it is a demo's. */
export type PinnedKeyholder = { publicKey: Uint8Array; mode: KeyholderInfo["mode"] };

/**
 * Pins the keyholder at first sight in a 0600 file of the clock's own, out of the database's reach. Throws ForbiddenError
 * `keyholder-changed` when another one speaks later: whoever can put a key into the feed could else sign a release.
 */
export async function pinKeyholder(folder: string, info: Pin): Promise<PinnedKeyholder> {
  const path = join(folder, "keyholder-pin.json");
  const seen = { publicKey: info.publicKey, nextKey: info.nextKey, mode: info.mode };
  const pinned = (await readPin(path)) ?? seen;
  if (pinned.publicKey !== seen.publicKey || pinned.nextKey !== seen.nextKey || pinned.mode !== seen.mode)
    throw new ForbiddenError(
      "keyholder-changed",
      "The keyholder is not the one that was pinned; nothing it says is acted on.",
      {
        next: "Find out why its key changed before anything else.",
      },
    );
  if (pinned === seen) await writePrivateFile(path, `${JSON.stringify(pinned)}\n`);
  return { publicKey: decodeBase64urlExact(pinned.publicKey, 32), mode: pinned.mode };
}

async function readPin(path: string): Promise<Pin | null> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  });
  return text === null ? null : pinSchema.parse(JSON.parse(text));
}
