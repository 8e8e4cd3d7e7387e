import type { Mutant } from "./mutant.ts";

const clock = (file: string) => `server/clock/src/${file}`;

/** Of the product's own clock zone: each found in the first world of its seed, which has one. */
export const clockMutants: readonly Mutant[] = [
  {
    name: "cursor saved before the work",
    breaks: ["E6", "M2", "M6"],
    seed: "159",
    file: clock("mirror/read-feed.ts"),
    find: "  try {\n    await inTenants(",
    replace:
      "  await inTenants(parts.db, tenants, (trx) => move(trx, news.after, news.cursor));\n  try {\n    await inTenants(",
  },
  {
    name: "a cursor over what was lost",
    breaks: ["E6", "M2", "M4"],
    seed: "c1383",
    file: clock("mirror/read-feed.ts"),
    find: "saveCursor(trx, { epoch, after, position })",
    replace: "saveCursor(trx, { epoch, after: 0, position })",
  },
  {
    name: "a claim that lasts no time",
    breaks: ["M3"],
    seed: "c1437",
    file: clock("delivery/deliver-mail.ts"),
    find: "const leaseMs = mailTimes.wholeMs + 120_000;",
    replace: "const leaseMs = 0;",
  },
  {
    name: "a decision that nobody verifies",
    breaks: ["E5"],
    seed: "159",
    file: clock("mirror/verify-switch.ts"),
    find: "return verifyRelease(item.release, pinned.publicKey, { account, b, g, policyHash, mode: pinned.mode }).body;",
    replace:
      'return { account, b, g, policyHash, mode: pinned.mode, ...JSON.parse(Buffer.from(item.release.split(".")[1] ?? "", "base64url").toString("utf8")) };',
  },
  {
    name: "a reminder counts that was refused",
    breaks: ["M5"],
    seed: "159",
    file: clock("delivery/settle-mail.ts"),
    find: 'if (outcome === "accepted")\n    await acceptReminders',
    replace: 'if (outcome !== "cancelled")\n    await acceptReminders',
  },
  {
    name: "nobody hears that it was taken back",
    breaks: ["M4"],
    seed: "159",
    file: clock("mirror/tell-withdrawals.ts"),
    find: "await addMails(trx, mails, nowMs);",
    replace: "await addMails(trx, mails.slice(mails.length), nowMs);",
  },
  {
    name: "never looked at again",
    breaks: ["M6", "L1", "L6"],
    seed: "159",
    file: clock("mirror/plan-reminders.ts"),
    find: "return looks.length === 0 ? null : Math.min(...looks);",
    replace: "return null;",
  },
  {
    name: "whoever waits is told and then forgotten",
    breaks: ["M2"],
    seed: "159",
    file: clock("mirror/tell-releases.ts"),
    find: "await addMails(trx, [...begun.map(toOwner), ...notices], nowMs);",
    // Why nothing is renewed either: that would make up for it.
    replace: "await addMails(trx, [...begun.map(toOwner), ...slots.map(toRecipient)], nowMs);\n  notices.length = 0;",
  },
  {
    name: "given up at the second try",
    breaks: ["M2", "M4", "M7", "M8"],
    seed: "c1437",
    file: clock("delivery/deliver-mail.ts"),
    find: "return attempt >= giveUpAfterTries && Math.min(nowMs - createdAtMs, ageMs) > giveUpAfterMs;",
    replace: "return attempt >= 2 && Math.min(nowMs - createdAtMs, ageMs) > -giveUpAfterMs;",
  },
  {
    name: "nobody is told of a loosening",
    breaks: ["M7"],
    seed: "159",
    file: clock("mirror/tell-loosenings.ts"),
    find: "await addMails(trx, mails, parts.realClock.nowMs());",
    replace: "await addMails(trx, mails.slice(mails.length), parts.realClock.nowMs());",
  },
  {
    name: "nobody is told of a hold",
    breaks: ["M8"],
    seed: "159",
    file: clock("mirror/tell-holds.ts"),
    find: "await addMails(trx, mails, parts.realClock.nowMs());",
    replace: "await addMails(trx, mails.slice(mails.length), parts.realClock.nowMs());",
  },
  {
    name: "the dead are told of a hold",
    breaks: ["M8"],
    seed: "159",
    file: "server/keyholder/src/switches/held-after.ts",
    find: " || slots.every(isFetched)",
    replace: "",
  },
];
