import { createHash } from "node:crypto";
import { newId } from "@afterkeep/bytes";
import type { Draw } from "@afterkeep/platform/testing/memory";
import type * as accounts from "../../storage/accounts.ts";
import type * as cursors from "../../storage/clock-cursor.ts";
import type * as outbox from "../../storage/outbox.ts";
import type * as releases from "../../storage/releases.ts";
import type * as reminders from "../../storage/reminders.ts";
import type * as switches from "../../storage/switch-states.ts";
import type { ClockDatabase, ClockTransaction } from "../../clock-parts.ts";

type Without<Module, Names extends string> = Omit<Module, Names>;
/** All that the clock zone asks of its database: the SQL, or what is written again over memory. */
export type Storage = typeof accounts &
  typeof cursors &
  typeof outbox &
  typeof releases &
  typeof reminders &
  Without<typeof switches, "isRemindedStill">;

/** Where a step runs. Ids of mails are each side's own, and known by their effect. */
export type Side = {
  readonly storage: Storage;
  readonly db: ClockDatabase;
  readonly idOf: Map<string, string>;
};
/** One call, drawn once and made on both sides. */
export type Step = {
  readonly name: string;
  readonly run: (side: Side, trx: ClockTransaction) => Promise<unknown>;
};

/** The third account is unknown to the database. */
export const tenants = [newId(1_001), newId(1_002), newId(1_003)] as const;
export const recipients = [newId(2_001), newId(2_002)] as const;
const bequests = [newId(3_001), newId(3_002)] as const;
const decisions = [newId(4_001), newId(4_002), newId(4_003)] as const;
const hashOf = (text: string) => createHash("sha256").update(text).digest();
const signs = [hashOf("one").toString("base64url"), hashOf("other").toString("base64url")] as const;
const states = ["armed", "reminding", "grace", "requested", "lastCall", "held"] as const;
const stages = ["waiting", "granted", "fetched", "withdrawn"] as const;
const phases = ["reminding", "grace", "request"] as const;
const dayMs = 86_400_000;
export const startMs = 1_800_000_000_000;

/** Of these ids in this room, each tenant's. */
type Drawn = { readonly draw: Draw; readonly nowMs: number };

function mailNames({ draw }: Drawn): outbox.MailName[] {
  const keyOf = () => `release:${draw.pick(decisions)}:${draw.pick(recipients)}`;
  return Array.from({ length: 1 + draw.below(3) }, () => ({ tenant: draw.pick(tenants), key: keyOf() }));
}

function places({ draw }: Drawn): switches.SwitchPlace[] {
  const names = tenants.flatMap((tenant) => bequests.map((b) => ({ tenant, b })));
  const [first = { tenant: "", b: "" }, ...others] = names;
  return draw.some([first, ...others]);
}

function reminderOf({ draw }: Drawn): reminders.ReminderName {
  const place = { tenant: draw.pick(tenants), b: draw.pick(bequests) };
  return { ...place, lastSign: draw.pick(signs), phase: draw.pick(phases), index: draw.below(2) };
}

/** Without the same one twice: which of two counts in one statement is PostgreSQL's own business. */
function remindersOf(drawn: Drawn): reminders.ReminderName[] {
  const names = Array.from({ length: 1 + drawn.draw.below(3) }, () => reminderOf(drawn));
  return [...new Map(names.map((name) => [JSON.stringify(name), name])).values()];
}

function slotOf({ draw }: Drawn): releases.SlotName {
  return { tenant: draw.pick(tenants), decisionId: draw.pick(decisions), r: draw.pick(recipients) };
}

const effectOf = ({ tenant, key }: outbox.MailName) => `${tenant} ${key}`;

/** The id that a side has for one of its mails, or one that nobody has. */
function idIn(side: Side, name: outbox.MailName): string {
  return side.idOf.get(effectOf(name)) ?? newId(9);
}

type Maker = (drawn: Drawn) => Step["run"];

async function write(side: Side, trx: ClockTransaction, mails: outbox.PlannedMail[], nowMs: number) {
  const written = await side.storage.addMails(trx, mails, nowMs);
  for (const one of written) side.idOf.set(effectOf(one), one.id);
  return written.map(({ tenant, key }) => ({ tenant, key }));
}

const ofMails: Record<string, Maker> = {
  addMails: (drawn) => {
    const { draw, nowMs } = drawn;
    const kind = draw.pick(["release", "reminder", "withdrawn", "held"] as const);
    const mails = mailNames(drawn).map((name) => ({ ...name, kind, recipient: draw.pick([null, ...recipients]) }));
    return async (side, trx) => write(side, trx, mails, nowMs);
  },
  cancelMails: (drawn) => {
    const mails = mailNames(drawn);
    return async (side, trx) => side.storage.cancelMails(trx, mails, drawn.nowMs);
  },
  hasAnyLeft: (drawn) => {
    const mails = mailNames(drawn);
    return async (side, trx) => side.storage.hasAnyLeft(trx, mails);
  },
  renewMails: (drawn) => {
    const mails = mailNames(drawn);
    return async (side, trx) => side.storage.renewMails(trx, mails);
  },
  lockMail: (drawn) => {
    const [name = { tenant: "", key: "" }] = mailNames(drawn);
    const claim = drawn.draw.below(4);
    return async (side, trx) => side.storage.lockMail(trx, { id: idIn(side, name), claim });
  },
  saveContent: (drawn) => {
    const [name = { tenant: "", key: "" }] = mailNames(drawn);
    const sealed = hashOf(String(drawn.draw.below(9)));
    return async (side, trx) => side.storage.saveContent(trx, idIn(side, name), sealed);
  },
  settleRow: (drawn) => {
    const [name = { tenant: "", key: "" }] = mailNames(drawn);
    const state = drawn.draw.pick(["accepted", "refused", "cancelled"] as const);
    const mayHaveLeft = drawn.draw.chance(50);
    return async (side, trx) => side.storage.settleRow(trx, { id: idIn(side, name), mayHaveLeft }, state, drawn.nowMs);
  },
  postponeMail: (drawn) => {
    const [name = { tenant: "", key: "" }] = mailNames(drawn);
    const forMs = drawn.draw.pick([0, 1_800_000, 3 * 3_600_000]);
    const put = { forMs, isNoTry: drawn.draw.chance(50) };
    const [attempt, claim, mayHaveLeft] = [drawn.draw.below(4), drawn.draw.below(4), drawn.draw.chance(50)];
    return async (side, trx) => {
      const [tenant, id] = [name.tenant, idIn(side, name)];
      return side.storage.postponeMail(trx, { id, tenant, attempt, claim, mayHaveLeft }, put);
    };
  },
};

const ofReleases: Record<string, Maker> = {
  keepReleases: (drawn) => {
    const { draw, nowMs } = drawn;
    const { tenant: account, decisionId } = slotOf(drawn);
    const decidedAt = nowMs + draw.pick([0, 14 * 365 * dayMs]);
    const body = { account, decisionId, b: draw.pick(bequests), g: draw.below(9), decidedAt };
    const signed = { body: body as unknown as releases.SignedRelease["body"], jws: `release ${decisionId}` };
    return async (side, trx) => side.storage.keepReleases(trx, [signed]);
  },
  saveStages: (drawn) => {
    const marks = [...new Map([slotOf(drawn), slotOf(drawn)].map((slot) => [JSON.stringify(slot), slot])).values()];
    const stage = drawn.draw.pick(stages);
    return async (side, trx) => side.storage.saveStages(trx, marks.map((slot) => ({ ...slot, stage }))); // prettier-ignore
  },
  keepWithdrawals: (drawn) => {
    const { tenant: account, decisionId, r } = slotOf(drawn);
    const body = { account, decisionId, r } as unknown as releases.SignedWithdrawal["body"];
    const signed = { body, jws: `withdrawn ${drawn.nowMs}` };
    return async (side, trx) => side.storage.keepWithdrawals(trx, [signed]);
  },
  readTellingReceipts: () => async (side, trx) => side.storage.readTellingReceipts(trx),
  readStage: (drawn) => {
    const slot = slotOf(drawn);
    return async (side, trx) => side.storage.readStage(trx, slot);
  },
  isWholeTakenBack: (drawn) => {
    const { tenant, decisionId } = slotOf(drawn);
    return async (side, trx) => side.storage.isWholeTakenBack(trx, tenant, decisionId);
  },
  findGivenAnew: (drawn) => {
    const slot = slotOf(drawn);
    return async (side, trx) => side.storage.findGivenAnew(trx, slot);
  },
  readRelease: (drawn) => {
    const { tenant, decisionId } = slotOf(drawn);
    return async (side, trx) => side.storage.readRelease(trx, tenant, decisionId);
  },
};

const ofReminders: Record<string, Maker> = {
  readAttempts: (drawn) => {
    const names = remindersOf(drawn);
    return async (side, trx) => side.storage.readAttempts(trx, names);
  },
  saveAttempts: (drawn) => {
    const { draw, nowMs } = drawn;
    const names = remindersOf(drawn);
    const attempt = 1 + draw.below(4);
    const [{ key } = { key: "" }] = mailNames(drawn);
    // Why with its own mail: as the product does, whose reminders rest on what was written just before.
    const tenant = names[0]?.tenant ?? "";
    return async (side, trx) => {
      await write(side, trx, [{ tenant, key, kind: "reminder", recipient: null }], nowMs);
      const mail = idIn(side, { tenant, key });
      return side.storage.saveAttempts(trx, names.map((name) => ({ ...name, attempt, mail })), nowMs); // prettier-ignore
    };
  },
  acceptReminders: (drawn) => {
    const [name = { tenant: "", key: "" }] = mailNames(drawn);
    return async (side, trx) =>
      side.storage.acceptReminders(trx, idIn(side, name), { acceptedAt: drawn.nowMs, attemptedAt: drawn.nowMs + 1 });
  },
  readAccepted: (drawn) => {
    const tenant = drawn.draw.pick(tenants);
    return async (side, trx) => side.storage.readAccepted(trx, tenant);
  },
  markNoted: (drawn) => {
    const name = reminderOf(drawn);
    return async (side, trx) => side.storage.markNoted(trx, name, drawn.nowMs);
  },
  noteLater: (drawn) => {
    const name = reminderOf(drawn);
    const forMs = drawn.draw.pick([600_000, 4 * 3_600_000]);
    return async (side, trx) => side.storage.noteLater(trx, name, forMs);
  },
  isSilenceGoingOn: (drawn) => {
    const [name = { tenant: "", key: "" }] = mailNames(drawn);
    return async (side, trx) => side.storage.isSilenceGoingOn(trx, idIn(side, name));
  },
  readEarliestOfMail: (drawn) => {
    const [name = { tenant: "", key: "" }] = mailNames(drawn);
    return async (side, trx) => side.storage.readEarliestOfMail(trx, idIn(side, name));
  },
};

const ofSwitches: Record<string, Maker> = {
  claimSwitches: (drawn) => async (side, trx) => side.storage.claimSwitches(trx, drawn.nowMs, 100),
  lockSwitches: (drawn) => {
    const named = places(drawn);
    return async (side, trx) => side.storage.lockSwitches(trx, named);
  },
  addSwitches: (drawn) => {
    const named = places(drawn);
    return async (side, trx) => side.storage.addSwitches(trx, named);
  },
  saveSwitches: (drawn) => {
    const { draw, nowMs } = drawn;
    const lookAt = draw.pick([null, nowMs - dayMs, nowMs + dayMs, nowMs + 60 * dayMs, nowMs + 500 * dayMs]);
    const said = { g: draw.below(9), epoch: draw.below(3), revision: draw.below(99), state: draw.pick(states), lookAt };
    const hashes = { policyHash: hashOf("policy"), lastSign: Buffer.from(draw.pick(signs), "base64url") };
    const requests = draw.chance(30) ? [bequests[0]] : [];
    const saved = places(drawn).map((place) => ({
      ...place,
      ...said,
      ...hashes,
      earliestMs: draw.below(1e9),
      requests,
    }));
    return async (side, trx) => side.storage.saveSwitches(trx, saved);
  },
  lookAgainAt: (drawn) => {
    const named = places(drawn);
    return async (side, trx) => side.storage.lookAgainAt(trx, named, drawn.nowMs + dayMs);
  },
};

const ofAccounts: Record<string, Maker> = {
  findAccount: ({ draw }) => {
    const tenant = draw.pick(tenants);
    return async (side, trx) => side.storage.findAccount(trx, tenant);
  },
  findRecipientAddress: (drawn) => {
    const slot = slotOf(drawn);
    return async (side, trx) => side.storage.findRecipientAddress(trx, slot);
  },
  noteBounce: (drawn) => {
    const { tenant, r } = slotOf(drawn);
    return async (side, trx) => side.storage.noteBounce(trx, tenant, r);
  },
  addOpenLink: (drawn) => {
    const { tenant, r } = slotOf(drawn);
    const link = { tenant, r, hash: hashOf(String(drawn.draw.below(5))), nowMs: drawn.nowMs };
    return async (side, trx) => side.storage.addOpenLink(trx, link);
  },
  saveCursor: ({ draw }) => {
    const step = { epoch: draw.below(3), after: draw.pick([0, 0, draw.below(1e6)]), position: draw.below(1e6) };
    return async (side, trx) => side.storage.saveCursor(trx, step);
  },
};

/** Those that go past every tenant, in a transaction of their own. */
const ofNobody: Record<string, Maker> = {
  claimMails: ({ draw }) => {
    // Why such leases: whether one has lapsed must not depend on how long a test takes.
    const leaseMs = draw.pick([0, 3_600_000, 36_000_000]);
    return async (side) => {
      const effects = new Map([...side.idOf].map(([effect, id]) => [id, effect]));
      const claims = await side.storage.claimMails(side.db, { leaseMs, batch: 100 });
      return claims.map(({ id, ...claim }) => ({ ...claim, mail: effects.get(id) }));
    };
  },
  findAccepted: () => async (side) => side.storage.findAccepted(side.db, 100),
  resetCursor: ({ draw }) => {
    // Why also of where it is: of a million positions it would never be the one that is drawn.
    const [epoch, drawn, isKnown] = [draw.below(3), draw.below(1e6), draw.below(2) === 0];
    return async (side) => {
      const from = isKnown ? await side.storage.loadCursor(side.db, epoch) : drawn;
      await side.storage.resetCursor(side.db, { epoch, from });
      return from;
    };
  },
  loadCursor: ({ draw }) => {
    const epoch = draw.below(3);
    return async (side) => side.storage.loadCursor(side.db, epoch);
  },
};

const inTransactions = Object.entries({ ...ofMails, ...ofReleases, ...ofReminders, ...ofSwitches, ...ofAccounts });
const alone = Object.entries(ofNobody);
/** Every function that is drawn. */
export const drawnNames = [...inTransactions, ...alone].map(([name]) => name);

function drawFrom(makers: readonly [string, Maker][], drawn: Drawn): Step {
  const [name, make] = makers[drawn.draw.below(makers.length)] ?? ["nothing", () => async () => null];
  return { name, run: make(drawn) };
}

export function drawStep(draw: Draw, nowMs: number): Step {
  return drawFrom(inTransactions, { draw, nowMs });
}

export function drawStepAlone(draw: Draw, nowMs: number): Step {
  return drawFrom(alone, { draw, nowMs });
}
