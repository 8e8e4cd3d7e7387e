import type { SwitchGuardians, SwitchPolicy, SwitchRecipient, SwitchRequester, SwitchTimes } from "./policy.ts";

/** For each field: whether the step from the old value to another one is no loosening. What is not named here must not change. */
type Rules<T> = { readonly [Field in keyof T]?: (before: T, after: T) => boolean };

const notShorter =
  <Field extends string>(field: Field) =>
  (before: Readonly<Record<Field, number>>, after: Readonly<Record<Field, number>>) =>
    after[field] >= before[field];

const timeRules: Rules<SwitchTimes> = {
  interval: notShorter("interval"),
  grace: notShorter("grace"),
  lastCall: notShorter("lastCall"),
  reminders: (before, after) => isEachWarned(warnings(before), warnings(after)),
};

const recipientRules: Rules<SwitchRecipient> = {
  delay: notShorter("delay"),
  verified: (_before, after) => after.verified !== "none",
};

const policyRules: Rules<SwitchPolicy> = {
  // Why neutral: another statement about the same, and a re-key for the same keys, let nobody open who could not before.
  id: () => true,
  g: () => true,
  times: (before, after) => changed(before.times, after.times, timeRules).length === 0,
  // Why no rule for weakMax, and for classes only another order: one weak sign more can keep a dead owner's switch waiting, one less can
  // let a living owner's release come sooner. Neither direction is the stricter one.
  classes: (before, after) => before.classes.toSorted().join() === after.classes.toSorted().join(),
  unreachableExtra: notShorter("unreachableExtra"),
  recipients: (before, after) => after.recipients.every((one) => isNoLooser(before.recipients, one)),
  // Why fewer and longer alone: everybody who may ask is one more way to an early release.
  requests: (before, after) => after.requests.every((one) => isNoSooner(before.requests, one)),
  guardians: (before, after) => isNoEasier(before.guardians, after.guardians),
  contacts: (before, after) => before.contacts.every((one) => after.contacts.includes(one)),
  acceptUnverified: (_before, after) => !after.acceptUnverified,
};

/**
 * Whether a policy loosens another. Denies by default: what is not known to tighten or to be neutral loosens.
 *
 * @param lastBound the last policy that was bound, also when it was disarmed since; null at the first arming, which is no
 *   loosening (it has its own seven days)
 * @returns the fields that loosen, `times.<field>` for times
 */
export function loosens(lastBound: SwitchPolicy | null, next: SwitchPolicy): { loosens: boolean; reasons: string[] } {
  if (lastBound === null) return { loosens: false, reasons: [] };
  const reasons = changed(lastBound, next, policyRules).flatMap((field) =>
    field === "times" ? changed(lastBound.times, next.times, timeRules).map((time) => `times.${time}`) : [field],
  );
  return { loosens: reasons.length > 0, reasons };
}

function changed<T extends object>(before: T, after: T, rules: Rules<T>): string[] {
  // Why all keys of both: a field that a later version adds is a loosening until somebody gives it a rule.
  const fields = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...fields].filter((field) => isField(field, before, after) && !isFine(field, before, after, rules));
}

function isField<T extends object>(field: string, before: T, after: T): field is Extract<keyof T, string> {
  return field in before || field in after;
}

function isFine<T>(field: keyof T, before: T, after: T, rules: Rules<T>): boolean {
  const rule = Object.hasOwn(rules, field) ? rules[field] : undefined;
  return JSON.stringify(before[field]) === JSON.stringify(after[field]) || rule?.(before, after) === true;
}

function isNoLooser(before: readonly SwitchRecipient[], recipient: SwitchRecipient): boolean {
  const same = before.find(({ r }) => r === recipient.r);
  return same !== undefined && changed(same, recipient, recipientRules).length === 0;
}

function isNoSooner(before: SwitchPolicy["requests"], { r, wait }: SwitchRequester): boolean {
  const same = before.find((one) => one.r === r);
  return same !== undefined && wait >= same.wait;
}

/** The same people, of whom not fewer must confirm and not more must stop. */
function isNoEasier(before: SwitchGuardians | null, after: SwitchGuardians | null): boolean {
  if (before === null || after === null) return before === null;
  const isSame = before.ids.toSorted().join() === after.ids.toSorted().join();
  return isSame && after.k >= before.k && after.s <= before.s;
}

/** How long before the interval's end each reminder warns: longest first, as reminders ascend. */
function warnings({ interval, reminders }: SwitchTimes): number[] {
  return reminders.map((offset) => interval - offset);
}

/** Whether every old warning has a new one of its own that comes at least as long before the end. */
function isEachWarned(before: readonly number[], after: readonly number[]): boolean {
  return before.every((warning, i) => {
    const next = after[i];
    return next !== undefined && next >= warning;
  });
}
