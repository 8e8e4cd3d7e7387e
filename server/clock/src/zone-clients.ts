import type { keyholderContract, kmsContract } from "@afterkeep/contracts";
import type { ZoneClient } from "@afterkeep/platform";

/** What this zone may ask of the keyholder. */
export type KeyholderClient = Pick<
  ZoneClient<typeof keyholderContract>,
  "info" | "switches" | "mintToken" | "reminderAccepted" | "showReceipt"
>;
export type KeyholderInfo = Awaited<ReturnType<KeyholderClient["info"]>>;
/** One switch as the keyholder describes it. Untrusted until its statements are verified. */
export type KeyholderSwitch = Awaited<ReturnType<KeyholderClient["switches"]>>["items"][number];
/** What of it tells of the operators' freeze. */
export type OrdersClient = Pick<ZoneClient<typeof keyholderContract>, "freezeOrders">;
export type FreezeOrder = Awaited<ReturnType<OrdersClient["freezeOrders"]>>["orders"][number];
export type KmsClient = Pick<ZoneClient<typeof kmsContract>, "unwrapDek">;
