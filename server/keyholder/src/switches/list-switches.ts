import { frozenBy } from "../freeze/frozen-by.ts";
import type { KeyholderParts } from "../parts.ts";
import { type Bequest, findBequest, listBequests, listChangedBequests, readRevision } from "../store/bequests.ts";
import { describeSwitch, type KeyholderSwitch } from "./describe-switch.ts";

type Selection =
  | { readonly account: string }
  | { readonly bequests: readonly Pick<Bequest, "account" | "b">[] }
  | { readonly after: number; readonly limit: number };
type Listing = { items: KeyholderSwitch[]; cursor: number; nowWallMs: number; attendedMs: number };

/** The switches of one account, some bequests, or those that changed after a cursor. For showing and for reminding; nothing is decided from it. */
export function listSwitches(
  parts: KeyholderParts,
  selection: Selection,
  onError: (error: unknown) => void = () => {},
): Listing {
  const { attendedMs, wallMs } = parts.time.now();
  const { bequests, cursor } = select(parts, selection);
  const items = bequests.flatMap((bequest) => {
    try {
      return [describe(parts, bequest)];
    } catch (error) {
      // Why left out: one that cannot be described must not keep the news of all others from the clock zone.
      onError(error);
      return [];
    }
  });
  return { items, cursor, nowWallMs: wallMs, attendedMs };
}

function select(parts: KeyholderParts, selection: Selection): { bequests: Bequest[]; cursor: number } {
  if ("account" in selection) {
    return { bequests: listBequests(parts.store, selection.account), cursor: readRevision(parts.store) };
  }
  if ("bequests" in selection) {
    const found = selection.bequests.map(({ account, b }) => findBequest(parts.store, account, b));
    return { bequests: found.filter((bequest) => bequest !== null), cursor: readRevision(parts.store) };
  }
  const bequests = listChangedBequests(parts.store, selection.after, selection.limit);
  return { bequests, cursor: bequests.at(-1)?.revision ?? selection.after };
}

function describe(parts: KeyholderParts, bequest: Bequest): KeyholderSwitch {
  const shown = describeSwitch(parts.store, bequest, { ...parts.time.now(), frozenBy: frozenBy(parts) });
  return shown.waitsFor === "" && !parts.time.isProbed() ? { ...shown, waitsFor: "probe" } : shown;
}
