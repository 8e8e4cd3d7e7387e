import { decodeBase64url, type Id, parseId } from "@afterkeep/bytes";
import type { OutageReason, RouteOutput, routes } from "@afterkeep/contracts";
import { openStatement, StatementError } from "@afterkeep/statements";
import { isStill, longestFreezeMs } from "@afterkeep/switch";
import { readTitles } from "./bequest-titles.ts";
import { shownReceipt } from "./challenge.ts";
import { type CheckInResult, earliestOfRow } from "./check-in-result.ts";
import { changeProfile, type Device, readProfile } from "./device.ts";
import { RefusedError } from "./errors.ts";
import { type LooseningInfo, looseningsOfStatus } from "./loosenings.ts";
import type { StoredProfile } from "./profile.ts";
import type { Receipt } from "./receipt.ts";
import { type RestoreNotice, restoreNotice } from "./restored.ts";
import { pinnedKeyholder } from "./server-info.ts";

type Answer = RouteOutput<(typeof routes)["getStatus"]>;

export type SwitchInfo = {
  readonly b: Id;
  readonly title: string;
  readonly state: Answer["switches"][number]["state"];
  readonly usedMs: number;
  readonly leftMs: number;
  /** From a receipt where one names it (a true lower bound), else the server's word; null where nothing runs. */
  readonly earliestMs: number | null;
  /** The same by silence alone. */
  readonly silenceMs: number | null;
  /** Whether `earliestMs` was signed by the keyholder. */
  readonly isProven: boolean;
  readonly waitsFor: string;
  /** Where two operators froze it: when that ends by itself, if all time counts; null elsewhere. The server's word. */
  readonly frozenUntilMs: number | null;
  /** When this owner disarmed or paused it, on whichever device; null where it is not stopped. */
  readonly stoppedAt: number | null;
  readonly slots: readonly { readonly r: Id; readonly stage: string }[];
  /** What recipients ask for; the server's word. `leftMs` attended. */
  readonly requests: readonly {
    readonly request: Id;
    readonly r: Id;
    readonly isOpen: boolean;
    readonly leftMs: number;
  }[];
};

/** Wall ms. Where `untilMs` is still to come, a clock was wrong then. */
export type OutageInfo = {
  readonly untilMs: number;
  readonly lengthMs: number;
  /** The keyholder did not run, could not be reached from outside, or its clock was behind. */
  readonly reason: OutageReason;
};

/** Where the switches stand, for showing. Only `lastReceipt` and dates marked proven are signed. */
export type StatusInfo = {
  readonly now: number;
  readonly mode: Answer["mode"];
  readonly switches: readonly SwitchInfo[];
  /** Times that counted as nobody's silence, newest first. */
  readonly outages: readonly OutageInfo[];
  /** How much of the last seven days counted, in whole percent, where that was less than 90; null elsewhere. The server's word. */
  readonly attendedPercent: number | null;
  readonly lastReceipt: Receipt | null;
  /** What the last receipt says that it did not count for. Such a bequest has no switch above. */
  readonly unheard: CheckInResult["unheard"];
  /** What to tell of a restore; null where there was none, or the owner has looked. */
  readonly restored: RestoreNotice | null;
  /** Changes that give more, or sooner, and cool: as the last receipt says, or the server where there is none. */
  readonly loosenings: readonly LooseningInfo[];
};

export async function readStatus(device: Device): Promise<StatusInfo> {
  const answer = await device.transport.call("getStatus", {});
  const lastReceipt = await newestReceipt(device, answer.lastReceipt);
  const titles = await readTitles(device);
  const switches = answer.switches.map((row) => {
    const proven = lastReceipt?.rows.find((one) => one.b === row.b && one.policyHash === row.policyHash);
    const requests = row.requests.map(({ request, r, stage, left }) => ({
      request: parseId(request),
      r: parseId(r),
      isOpen: stage === "open",
      leftMs: left,
    }));
    // Why the server's word while somebody asks: it is the sooner one, and what the receipt says of silence would hide it.
    const isAsked = requests.some(({ isOpen }) => isOpen);
    // Why there too: the receipt may be older than the sign that keeps it back.
    const isServers = isAsked || row.waitsFor === "weak-sign";
    const earliest = isServers ? row.earliestWallMs : proven === undefined ? row.earliestWallMs : earliestOfRow(proven);
    return {
      b: parseId(row.b),
      title: titles.get(row.b) ?? "",
      state: row.state,
      usedMs: row.used,
      leftMs: row.left,
      earliestMs: earliest === 0 || isStill(row.state) ? null : earliest,
      silenceMs: isStill(row.state) ? null : (proven?.earliest.silence ?? row.earliestWallMs),
      isProven: proven !== undefined && !isServers,
      waitsFor: row.waitsFor,
      frozenUntilMs: frozenUntilOf(row, answer.now),
      stoppedAt: row.stoppedAt,
      slots: row.slots.map(({ r, stage }) => ({ r: parseId(r), stage })),
      requests,
    };
  });
  const outages = answer.outages.map(({ untilWallMs, ...rest }) => ({ ...rest, untilMs: untilWallMs }));
  const unheard = (lastReceipt?.unheard ?? []).map((b) => ({ b, title: titles.get(b) ?? "" }));
  const loosenings = looseningsOfStatus(answer, lastReceipt, { titles, profile: await readProfile(device) });
  const restored = await restoreNotice(device);
  const { now, mode, attendedPercent } = answer;
  return { now, mode, switches, outages, attendedPercent, lastReceipt, unheard, restored, loosenings };
}

/** Throws RefusedError `server-answer-invalid` for a freeze that lasts longer than any may: nobody signed for what a status says. */
function frozenUntilOf({ frozenUntil }: Answer["switches"][number], now: number): number | null {
  if (frozenUntil === undefined) return null;
  if (frozenUntil <= now + longestFreezeMs) return frozenUntil;
  throw new RefusedError("server-answer-invalid", "The server says that it is frozen for longer than it ever may be.", {
    next: "Check in: the keyholder's signed answer says until when.",
  });
}

/** The newer of the receipt this device kept and the one the server passed on, both verified; a forged one is not looked at. */
async function newestReceipt(device: Device, offered: string): Promise<Receipt | null> {
  const profile = await readProfile(device);
  const keyholder = decodeBase64url((await pinnedKeyholder(device)).publicKey);
  const kept = openReceipt(profile.lastReceipt, keyholder, profile.account);
  const passed = openReceipt(offered, keyholder, profile.account);
  if (passed === null || (kept !== null && !isNewer(passed, kept))) return kept;
  if (kept === null || (await showKept(device, profile)))
    await changeProfile(device, ({ lastReceipt }) =>
      lastReceipt === profile.lastReceipt ? { lastReceipt: offered } : {},
    );
  return passed;
}

/** Before it is replaced: see `shownReceipt`. Whether it was shown; where not, it is kept, and the next status tries again. */
async function showKept(device: Device, profile: StoredProfile): Promise<boolean> {
  const shown = device.transport.call("challenge", { body: { purpose: "checkin", ...shownReceipt(profile) } });
  return shown.then(
    () => true,
    () => false,
  );
}

function isNewer(one: Receipt, other: Receipt): boolean {
  return one.epoch === other.epoch ? one.counter > other.counter : one.epoch > other.epoch;
}

function openReceipt(jws: string, keyholder: Uint8Array, account: string): Receipt | null {
  if (jws === "") return null;
  try {
    const { body } = openStatement("receipt", jws, keyholder);
    return body.account === account ? body : null;
  } catch (error) {
    if (error instanceof StatementError) return null;
    throw error;
  }
}
