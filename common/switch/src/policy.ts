export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

/** A loosening binds this long after it was accepted (attended). */
export const coolingMs = 7 * dayMs;
/** Nothing is decided this soon after a bequest's first arming (attended). */
export const firstArmingMs = 7 * dayMs;
/** The same where the recovery kit's key signed that arming too (attended). */
export const kitArmingMs = dayMs;
/** No last call is shorter, whatever a policy says. */
export const lastCallFloorMs = 12 * hourMs;
/** After the operators' freeze nothing that is asked for anew takes longer than this (attended), or freezes could lead a release back for ever. */
export const longestAnewMs = 72 * hourMs;
/** A recipient who asks waits at least so long for the owner's answer (attended). */
export const requestFloorMs = 72 * hourMs;
/** A weak sign puts off by this, once, what it cannot stop: an open request, and what a decision has not given yet (attended). */
export const weakPutOffMs = 72 * hourMs;
/** A hold after a restore lasts at least this long unless the owner signs (attended). */
export const holdFloorMs = 90 * dayMs;

/**
 * What makes a sign of life: a device's key, a mail link, a key that can do nothing else, and the server's word that somebody signed in. Nothing else
 * lists them.
 */
export const signClasses = ["signed", "token", "delegated", "attested"] as const;
export type SignClass = (typeof signClasses)[number];
/** All that an owner need not be there for, so that none of them counts for ever. */
export type WeakClass = Exclude<SignClass, "signed">;
export const weakClasses: readonly WeakClass[] = signClasses.filter((one) => one !== "signed");

/** Durations in attended ms; reminders are offsets after the last sign, ascending. */
export type SwitchTimes = {
  readonly interval: number;
  readonly reminders: readonly number[];
  readonly grace: number;
  readonly lastCall: number;
};

export type SwitchRecipient = {
  readonly r: string;
  /** The age recipient of the person's pin: the key that would open. */
  readonly key: string;
  readonly verified: "none" | "words" | "qr";
  /** Attended ms between the decision and this recipient's grant. */
  readonly delay: number;
};

/** A recipient who may ask for the bequest, and how long the owner has to refuse (attended ms). */
export type SwitchRequester = { readonly r: string; readonly wait: number };

/** Who must confirm a decision. No policy of this version names any. */
export type SwitchGuardians = {
  readonly ids: readonly string[];
  /** As many of them must confirm. */
  readonly k: number;
  /** As many stops of one decision withdraw it. */
  readonly s: number;
};

/** The part of a signed policy that the switch acts on or that loosening is judged by. */
export type SwitchPolicy = {
  /** The policy's statement id (policyHash). */
  readonly id: string;
  /** The generation. Neutral for loosening, but slots of another generation start anew. */
  readonly g: number;
  readonly times: SwitchTimes;
  readonly classes: readonly SignClass[];
  /** How far a weak sign may carry beyond the last signed one, ms. */
  readonly weakMax: number;
  readonly unreachableExtra: number;
  readonly recipients: readonly SwitchRecipient[];
  readonly requests: readonly SwitchRequester[];
  readonly guardians: SwitchGuardians | null;
  /** Commitments to the addresses that a last call goes to. */
  readonly contacts: readonly string[];
  readonly acceptUnverified: boolean;
  readonly keyholders: readonly string[];
  readonly k: number;
  readonly n: number;
};

/** The wait after an accepted last call, with its floor. */
export function lastCallWait(times: SwitchTimes): number {
  return Math.max(times.lastCall, lastCallFloorMs);
}

/** How long a recipient who asked must wait once the owner was called: never less than a last call. Infinite for who may not ask. */
export function requestWait({ requests, times }: SwitchPolicy, r: string): number {
  const wait = requests.find((one) => one.r === r)?.wait ?? Number.POSITIVE_INFINITY;
  return Math.max(wait, requestFloorMs, lastCallWait(times));
}
