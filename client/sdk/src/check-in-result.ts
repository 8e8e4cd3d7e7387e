import { isStill } from "@afterkeep/switch";
import { type Device, readProfile } from "./device.ts";
import { readTitles } from "./bequest-titles.ts";
import { type LooseningInfo, looseningsOf } from "./loosenings.ts";
import type { AcceptedReceipt, Receipt } from "./receipt.ts";
import { type RestoreNotice, restoreNotice } from "./restored.ts";

/** A hand-over that a sign did not stop. */
export type HandOver = {
  readonly b: string;
  readonly title: string;
  /** Wall ms: nothing more of it can be given before, because a weak sign came; null where nothing keeps it back. */
  readonly waitsUntilMs: number | null;
};

export type CheckInRow = {
  readonly b: string;
  /** Empty while the vault is locked. */
  readonly title: string;
  readonly state: Receipt["rows"][number]["state"];
  /** Wall ms; a true lower bound. 0 where nothing runs. */
  readonly earliestMs: number;
  readonly leftMs: number;
};

/** What the keyholder proved to have counted. There is no other kind: what did not count throws NotReceiptedError. */
export type CheckInResult = {
  readonly counted: true;
  readonly at: number;
  readonly mode: Receipt["mode"];
  readonly probe: Receipt["probe"];
  /** The earliest moment anything at all can be released; null where nothing is armed. */
  readonly earliestMs: number | null;
  readonly rows: readonly CheckInRow[];
  /**
   * Of a sign that counts only for a while: the bequests that counted it, and until when at least such signs go on doing so if the owner signs nothing
   * (wall ms). Null for the owner's own sign, which counts for all, and for a mail link, whose receipt does not say it.
   */
  readonly countedFor: readonly { readonly b: string; readonly title: string; readonly untilMs: number }[] | null;
  /** What was decided and goes on. A weak sign keeps it back for three days, once; a signed one leaves none of it. */
  readonly handOvers: readonly HandOver[];
  /** Armed bequests for which it did NOT count: the keyholder cannot read its record of them. */
  readonly unheard: readonly { readonly b: string; readonly title: string }[];
  /** What recipients ask for and this did not refuse. */
  readonly pending: Receipt["pending"]["requests"];
  /** Changes that give more, or sooner, and cool. */
  readonly loosenings: readonly LooseningInfo[];
  /** Where two operators froze everything: when that ends by itself, if all time counts; null elsewhere. */
  readonly frozenUntilMs: number | null;
  /** Bequests whose newest plan does not count since a restore of the keyholder: it goes by an older one or has none, until they are armed anew. */
  readonly lapsed: readonly { readonly b: string; readonly title: string }[];
  /** What to tell of a restore; null where there was none, or the owner has looked. */
  readonly restored: RestoreNotice | null;
  /** It counted, under changes that this device cannot verify. */
  readonly unknownChanges: boolean;
  /** Whether this device knew the keyholder before, so that its signature could be checked against anything. */
  readonly pinned: boolean;
  readonly receipt: Receipt;
};

/** @param pinned false only for a mail link on a device that met the keyholder just now */
export async function toCheckInResult(
  device: Device,
  accepted: AcceptedReceipt,
  pinned = true,
): Promise<CheckInResult> {
  const { receipt, unknownChanges, lapsed } = accepted;
  const titles = await readTitles(device);
  const rows = receipt.rows.map((row) => ({
    b: row.b,
    title: titles.get(row.b) ?? "",
    state: row.state,
    earliestMs: earliestOfRow(row),
    leftMs: row.left,
  }));
  const { at, mode, probe, pending, weak, unheard = [] } = receipt;
  const earliestMs = earliestOf(receipt);
  return {
    counted: true,
    at,
    mode,
    probe,
    earliestMs,
    rows,
    countedFor: weak?.rows.map(({ b, left }) => ({ b, title: titles.get(b) ?? "", untilMs: at + left })) ?? null,
    handOvers: rows.filter(isHandOver).map(({ b, title, earliestMs: untilMs, leftMs }) => ({
      ...{ b, title },
      waitsUntilMs: leftMs > 0 ? untilMs : null,
    })),
    unheard: unheard.map((b) => ({ b, title: titles.get(b) ?? "" })),
    pending: pending.requests,
    loosenings: looseningsOf(receipt, { titles, profile: await readProfile(device), isProven: pinned }),
    frozenUntilMs: receipt.freeze?.until ?? null,
    lapsed: lapsed.map((b) => ({ b, title: titles.get(b) ?? "" })),
    restored: await restoreNotice(device),
    unknownChanges,
    pinned,
    receipt,
  };
}

/** The smallest earliest release of a receipt's running rows. */
function earliestOf(receipt: Receipt): number | null {
  const running = receipt.rows.filter((row) => !isStill(row.state) && row.earliest.silence > 0);
  return running.length === 0 ? null : Math.min(...running.map((row) => earliestOfRow(row)));
}

/** By silence, or by a request, also one that nobody has made yet; wall ms, 0 where nothing runs. */
export function earliestOfRow({ earliest: { silence, request } }: Receipt["rows"][number]): number {
  return request === 0 ? silence : Math.min(silence, request);
}

function isHandOver({ state }: Pick<CheckInRow, "state">): boolean {
  return state === "releasing" || state === "released";
}
