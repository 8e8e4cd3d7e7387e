import type { keyholderContract } from "@afterkeep/contracts";
import { freezeBody, readStatement } from "@afterkeep/statements";
import type { z } from "zod";
import { listFreezeOrders } from "../store/freeze.ts";
import type { Store } from "../store/store.ts";

type Orders = z.infer<(typeof keyholderContract)["freezeOrders"]["response"]>["orders"];

/** More than a row of freezes can have. */
const orderCount = 16;

/** The last orders that were obeyed, oldest first, each named by the challenge that it answered. */
export function listOrders(store: Store, count = orderCount): Orders {
  return listFreezeOrders(store, count).map((jws) => {
    const { challenge: id, what, freeze, forMs } = freezeBody.parse(readStatement("freeze", jws).payload);
    return { id, what, freeze: what === "freeze" ? id : freeze, forMs };
  });
}
