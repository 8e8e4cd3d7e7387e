import { type AuditEntry, appendAudits } from "@afterkeep/platform";
import type { ClockParts } from "../clock-parts.ts";
import { keepOrders } from "../storage/told-orders.ts";
import type { FreezeOrder, OrdersClient } from "../zone-clients.ts";

type TellingParts = Pick<ClockParts, "db" | "clock"> & { readonly keyholder: OrdersClient };

/**
 * Brings into the log what operators ordered, by the keyholder's own record: whoever carried an order may have died before they noted it. Twice, late or by
 * two clocks changes nothing.
 */
export async function tellOrders({ db, clock, keyholder }: TellingParts): Promise<void> {
  const { orders } = await keyholder.freezeOrders({});
  if (orders.length === 0) return;
  const nowMs = clock.nowMs();
  await db.transaction().execute(async (trx) => {
    const isNew = await keepOrders(
      trx,
      orders.map(({ id }) => id),
    );
    await appendAudits(
      trx,
      orders.filter(({ id }) => isNew.has(id)).map((order) => leafOf(order, nowMs)),
    );
  });
}

/** A leaf of nobody's account. */
function leafOf({ what, ...fields }: FreezeOrder, at: number): AuditEntry {
  const action = what === "freeze" ? "keyholder.frozen" : "keyholder.thawed";
  return { at, account: "", actor: "clock", actorId: "", action, resource: "", fields, requestId: "" };
}
