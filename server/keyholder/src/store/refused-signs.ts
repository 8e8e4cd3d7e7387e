import type { SignClass } from "@afterkeep/switch";
import { z } from "zod";
import type { Store } from "./store.ts";

const refusedSchema = z.object({
  account: z.string(),
  sign: z.string(),
  class: z.enum(["signed", "delegated", "token", "attested"] satisfies SignClass[]),
  attended: z.int(),
});
/** A verified sign of an account's that was refused because the store could not take it: its name, and when that was (attended ms). */
export type RefusedSign = Readonly<z.infer<typeof refusedSchema>>;

/**
 * Notes the newest for an account, in one row. A weak one never stands instead of the owner's own, and the same sign again is no newer: whoever has it could else send it
 * over and over. Call inside a commit of its own.
 *
 * Why a table that refers to no other: whatever page of the owner's is lost, no search for this row reads it.
 */
export function noteRefusedSign(store: Store, { account, sign, class: by, attended }: RefusedSign): void {
  store.run(
    `insert into refused_sign values (?, ?, ?, ?) on conflict (account) do update
      set sign = excluded.sign, class = excluded.class, at_attended = excluded.at_attended
      where sign <> excluded.sign and (excluded.class = 'signed' or class <> 'signed')`,
    account,
    sign,
    by,
    attended,
  );
}

const select = "select account, sign, class, at_attended as attended from refused_sign";

export function findRefusedSign(store: Store, account: string): RefusedSign | null {
  return store.find(`${select} where account = ?`, refusedSchema, account);
}

export function listRefusedSigns(store: Store): RefusedSign[] {
  return store.all(`${select} order by account`, refusedSchema);
}

export function forgetRefusedSign(store: Store, account: string): void {
  store.run("delete from refused_sign where account = ?", account);
}
