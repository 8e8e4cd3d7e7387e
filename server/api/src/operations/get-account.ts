import { toWire } from "../access/wire.ts";
import { inOwnTenant } from "../context/call.ts";
import { readSlots } from "../storage/accounts.ts";
import { readUsage } from "../storage/documents.ts";
import type { Operation } from "./operation.ts";
import { readOwnAccount } from "./own-account.ts";

export const getAccount: Operation<"getAccount"> = (call) =>
  inOwnTenant(call, async (tx) => {
    const { row, email, name } = await readOwnAccount(call, tx);
    const slots = await readSlots(tx);
    return {
      account: row.id,
      email,
      emailVerified: row.email_verified,
      displayName: name,
      slots: slots.map((slot) => ({
        kind: slot.kind,
        slotId: slot.slot_id,
        epoch: slot.epoch,
        wrapped: toWire(slot.wrapped),
      })),
      keyring: { version: row.keyring_version, wrapped: toWire(row.keyring) },
      usedBytes: (await readUsage(tx)).bytes,
      quotaBytes: call.services.limits.quotaBytes,
    };
  });
