import { firstArmingMs } from "@afterkeep/switch";
import type { ArmPreview } from "./arm-preview.ts";

/** Whether nothing but the week after a first arming keeps a bequest closed for so long: only then is the recovery kit typed for anything. */
export function isKitOfUse({
  isFirst,
  times: { interval, grace, lastCall },
  recipients,
}: Pick<ArmPreview, "isFirst" | "times"> & {
  readonly recipients: readonly { readonly requestWait: number }[];
}): boolean {
  const waits = recipients.map(({ requestWait }) => requestWait).filter((wait) => wait > 0);
  return isFirst && Math.min(interval + grace + lastCall, ...waits) < firstArmingMs;
}
