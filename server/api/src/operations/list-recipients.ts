import { openRecipientEmail } from "../access/personal-fields.ts";
import { toWire } from "../access/wire.ts";
import { inOwnTenant } from "../context/call.ts";
import { listRecipientRows } from "../storage/recipients.ts";
import type { Operation } from "./operation.ts";
import { readOwnAccount } from "./own-account.ts";

export const listRecipients: Operation<"listRecipients"> = (call) =>
  inOwnTenant(call, async (tx) => {
    const { dek } = await readOwnAccount(call, tx);
    const rows = await listRecipientRows(tx);
    return {
      recipients: rows.map((row) => ({
        r: row.r,
        email: openRecipientEmail(dek, row.tenant, row.r, row.email),
        state: row.state,
        ageKey: row.age_key,
        label: toWire(row.label),
        labelRev: row.label_rev,
        bounced: row.bounced,
      })),
    };
  });
