import type { ArmPreview } from "@afterkeep/sdk";
import { firstArmingMs } from "@afterkeep/switch";
import { silenceUntilRelease } from "./times-in-words.ts";

/** Whether nothing but the week after a first arming keeps a bequest closed for so long: only then is the recovery kit typed for anything. */
export function isKitOfUse({
  isFirst,
  times,
  recipients,
}: Pick<ArmPreview, "isFirst" | "times"> & {
  readonly recipients: readonly { readonly requestWait: number }[];
}): boolean {
  const waits = recipients.map(({ requestWait }) => requestWait).filter((wait) => wait > 0);
  return isFirst && Math.min(silenceUntilRelease(times), ...waits) < firstArmingMs;
}
