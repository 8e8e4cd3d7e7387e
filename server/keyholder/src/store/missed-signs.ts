import type { Store } from "./store.ts";

type Place = { readonly account: string; readonly b: string };

/** A sign that a record missed. */
export type MissedSign = {
  /** When it was accepted, attended ms. */
  readonly attended: number;
  /** It took a device away, and with it what cools. */
  readonly isDropped: boolean;
};

/**
 * Notes of a record that cannot be read that its owner signed: once it can be read again it is held from then on. Call inside a commit.
 *
 * Why in a table of its own: to write into a row SQLite reads all of it, so beside what cannot be read nothing could be noted, and the sign would be undone for all the others.
 */
export function noteMissedSign(store: Store, { account, b }: Place, { attended, isDropped }: MissedSign): void {
  store.run(
    `insert into missed_sign values (?, ?, ?, ?) on conflict (account, b) do update
      set at_attended = max(at_attended, excluded.at_attended), is_dropped = max(is_dropped, excluded.is_dropped)`,
    account,
    b,
    attended,
    isDropped ? 1 : 0,
  );
}

export function forgetMissed(store: Store, { account, b }: Place): void {
  store.run("delete from missed_sign where account = ? and b = ?", account, b);
}
