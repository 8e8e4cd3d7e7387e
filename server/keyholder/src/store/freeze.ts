import type { IncidentFreeze } from "@afterkeep/switch";
import { z } from "zod";
import type { Store } from "./store.ts";

const freezeSchema = z.object({
  id: z.string(),
  turn: z.int(),
  leftMs: z.int(),
  lengthMs: z.int(),
  endedAttended: z.int(),
});

/** The operators' freeze that runs, or the last one. */
export function readFreeze(store: Store): IncidentFreeze {
  return store.one(
    "select id, turn, left_ms as leftMs, length_ms as lengthMs, ended_at as endedAttended from freeze",
    freezeSchema,
  );
}

export function writeFreeze(store: Store, { id, turn, leftMs, lengthMs, endedAttended }: IncidentFreeze): void {
  const set = "update freeze set id = ?, turn = ?, left_ms = ?, length_ms = ?, ended_at = ?";
  store.run(set, id, turn, leftMs, lengthMs, endedAttended);
}

const orderSchema = z.object({ first: z.string() });

/** The last that were obeyed, as one of the two signed them, oldest first. */
export function listFreezeOrders(store: Store, count: number): string[] {
  const newest = "select first from freeze_order order by position desc limit +?";
  return store
    .all(newest, orderSchema, count)
    .map(({ first }) => first)
    .toReversed();
}

/** Keeps what two operators signed, for who asks later whose word it was. */
export function addFreezeOrder(store: Store, [first, second]: readonly [string, string], atMs: number): void {
  store.run("insert into freeze_order (first, second, accepted_at) values (?, ?, ?)", first, second, atMs);
}
