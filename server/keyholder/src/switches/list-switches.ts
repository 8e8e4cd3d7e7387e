import { requireHearable } from "../decide/require-hearable.ts";
import { frozenBy } from "../freeze/frozen-by.ts";
import type { KeyholderParts } from "../parts.ts";
import { type Bequest, type BequestPlace, findBequest, listPlaces, listChanges } from "../store/bequests.ts";
import type { Store } from "../store/store.ts";
import { describeSwitch, type KeyholderSwitch, type ShownAt } from "./describe-switch.ts";

type Selection =
  | { readonly account: string }
  | { readonly bequests: readonly Pick<Bequest, "account" | "b">[] }
  | { readonly after: number; readonly limit: number };
type Listing = { items: KeyholderSwitch[]; cursor: number; nowWallMs: number; attendedMs: number };

/** The switches of one account, some bequests, or those that changed after a cursor. For showing and for reminding; nothing is decided from it. */
export function listSwitches(parts: KeyholderParts, selection: Selection): Listing {
  const { attendedMs, wallMs } = parts.time.now();
  return parts.store.look(() => {
    const { found, cursor } = select(parts, selection);
    // Why once: nothing is written while a page is read, and each switch would ask for the same.
    const moment = { attendedMs, wallMs, frozenBy: frozenBy(parts) };
    const isProbed = parts.time.isProbed();
    const items = found.flatMap((read) => {
      try {
        const bequest = read();
        return bequest === null ? [] : [describe(parts.store, bequest, moment, isProbed)];
      } catch (error) {
        // Why left out: one that cannot be read or described must not keep the news of all others from the clock zone.
        parts.onError(error);
        return [];
      }
    });
    return { items, cursor, nowWallMs: wallMs, attendedMs };
  });
}

type Selected = { readonly found: readonly (() => Bequest | null)[]; readonly cursor: number };

function select(parts: KeyholderParts, selection: Selection): Selected {
  const { store } = parts;
  const readAt =
    ({ account, b }: BequestPlace) =>
    () =>
      findBequest(store, account, b);
  if ("account" in selection) {
    return { found: listPlaces(store, selection.account).map(readAt), cursor: store.revision };
  }
  if ("bequests" in selection) {
    const readGivable = (place: BequestPlace) => () => requireGivable(parts, readAt(place)());
    return { found: selection.bequests.map(readGivable), cursor: store.revision };
  }
  const changes = listChanges(store, selection.after, selection.limit);
  // Why not simply `after`: a reader that has read on further than this store ever counted learns of it by a cursor that goes back.
  return {
    found: changes.map(readAt),
    cursor: changes.at(-1)?.revision ?? Math.min(selection.after, store.revision),
  };
}

/** Throws for what is granted and would not be given. Why only where bequests are named: so the clock zone asks before a letter leaves, and one that hears nothing waits. */
function requireGivable(parts: KeyholderParts, bequest: Bequest | null): Bequest | null {
  const isOpen = bequest?.history.slots.some(({ stage }) => stage === "granted") === true;
  if (isOpen) requireHearable(parts, bequest.account);
  return bequest;
}

function describe(store: Store, bequest: Bequest, moment: ShownAt, isProbed: boolean): KeyholderSwitch {
  const shown = describeSwitch(store, bequest, moment);
  return shown.waitsFor === "" && !isProbed ? { ...shown, waitsFor: "probe" } : shown;
}
