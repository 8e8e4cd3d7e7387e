import type { StatementBody } from "@afterkeep/statements";
import { dayMs, hourMs } from "../world/time.ts";
import { holdOf } from "./arithmetic.ts";
import type { Ledger } from "./ledger.ts";
import { inDays, Violation } from "./violation.ts";

/** A row of the clock zone's outbox, as it is committed now. */
export type OutboxSight = {
  readonly id: string;
  readonly tenant: string;
  readonly key: string;
  readonly kind: string;
  readonly state: string;
  readonly attempts: number;
};
export type ReminderSight = {
  readonly account: string;
  readonly b: string;
  readonly lastSign: string;
  readonly phase: string;
  readonly index: number;
};
/** The clock zone's database and the keyholder, looked at from outside. */
export type MailEyes = {
  mail(id: string): OutboxSight | null;
  mailOf(tenant: string, key: string): OutboxSight | null;
  /** The mail that a reminder rests on; null where there is no such row. */
  mailOfReminder(reminder: ReminderSight): string | null;
  remindersOf(mail: string): readonly string[];
  /** How far a recipient is by the keyholder's own word, under exactly this decision; null for nobody, undefined while it is down. */
  stageNow(tenant: string, b: string, decision: string, r: string): Promise<string | null | undefined>;
  /** Whether a process stood still since it looked whether what it sends still holds. */
  isLate(): boolean;
  /** Whether all clocks of the zone and its database show the true time. */
  areWallsRight(): boolean;
};

/** A restore of the keyholder's store; without a name until the keyholder shows it. `at` is true time. */
type Hold = { readonly restore: string; readonly at: number; readonly sinceSure: number };
type Owed = { readonly tenant: string; readonly b: string; readonly r: string; readonly sinceSure: number };
type Shown = {
  readonly account: string;
  readonly b: string;
  readonly state: string;
  readonly lastSign: string;
  readonly remindersDue: readonly { readonly phase: string; readonly index: number }[];
  readonly slots: readonly { readonly r: string; readonly stage: string }[];
  readonly heldAfter: readonly { readonly restore: string }[];
};
type Release = StatementBody<"release">;

/** Well time within which what is owed to somebody must have left: tries are at most half an hour apart, and a refused one is tried a day later. */
const owedForMs = 2 * dayMs + hourMs;
/** So often is it tried before a letter is given up. */
const leastTries = 100;
/** A reminder is mailed again a day after its last try. */
const reminderEveryMs = dayMs - hourMs;

/** Every letter of the clock zone's that a mail server took, and every one that is owed: M1 to M8, and E5 where somebody is told. */
export class MailBook {
  readonly #ledger: Ledger;
  readonly #eyes: MailEyes;
  readonly #releases = new Map<string, Release>();
  /** By decision, how many the world had seen before. Why not by its own time: that is of a clock that may have been in another year. */
  readonly #order = new Map<string, number>();
  /** By outbox id, how many doubts there had been when it was taken last. */
  readonly #taken = new Map<string, number>();
  /** By effect, which outbox row it left as, and in which life of the database. */
  readonly #effects = new Map<string, { readonly id: string; readonly life: number }>();
  readonly #reminded = new Map<string, { readonly at: number; readonly doubts: number }>();
  /** `decision/r` of letters about something to open, and the life of the database in which they left. */
  readonly #told = new Map<string, number>();
  readonly #owed = new Map<string, Owed>();
  readonly #owedBack = new Map<string, Owed>();
  /** Of these, what an older copy of the keyholder's store may not know of. */
  readonly #mayBeForgotten = new Set<string>();
  /** By bequest, the reminders that the keyholder waits for, and since when in well time. */
  readonly #awaited = new Map<string, ReadonlyMap<string, number>>();
  readonly #refused = new Set<string>();
  /** Loosenings of which the owner's address takes no word. */
  readonly #refusedFor = new Set<string>();
  /** By account, the newest restore that may hold what it armed. */
  readonly #holds = new Map<string, Hold>();
  /** Holds of which the owner's address takes no word. */
  readonly #refusedHolds = new Set<string>();
  /** By bequest and recipient, the place in that order of the newest decision of which they have something. */
  readonly #opened = new Map<string, number>();
  #doubts = 0;
  #life = 0;

  constructor(ledger: Ledger, eyes: MailEyes) {
    this.#ledger = ledger;
    this.#eyes = eyes;
  }

  /** From here on nobody in the clock zone knows for certain what left before. */
  doubt(): void {
    this.#doubts++;
  }

  /** The database lost its newest commits, or all since a backup. */
  databaseWentBack(): void {
    this.#life++;
    this.doubt();
    // Why: who was told in the time that it lost, nobody knows any more, and whoever was not must not read that something was taken back.
    for (const [effect, { tenant, r }] of this.#owedBack) {
      const told = this.#eyes.mailOf(tenant, `release:${effect.split(":")[1]}:${r}`);
      if (told?.state !== "accepted") this.#owedBack.delete(effect);
    }
  }

  /** An older copy of the keyholder's store was put in place. */
  keyholderWentBack(): void {
    for (const effect of this.#owedBack.keys()) this.#mayBeForgotten.add(effect);
    for (const { account } of this.#ledger.bequests) this.#noteHold(account, "");
  }

  #noteHold(account: string, restore: string): void {
    const { at, sure } = this.#ledger.now();
    this.#holds.set(account, { restore, at, sinceSure: sure });
  }

  /** The keyholder's own word on a switch. */
  noteShown(
    shown: Shown,
    release: Release | null,
    withdrawn: readonly Pick<StatementBody<"withdrawn">, "decisionId" | "r">[],
  ): void {
    const { account: tenant, b, slots, heldAfter } = shown;
    this.#noteAwaited(shown);
    if (heldAfter.length > 0 && slots.every(({ stage }) => stage === "fetched" || stage === "opened"))
      throw new Violation("M8", "an owner is to be told of a hold of what every recipient has fetched");
    for (const { restore } of heldAfter)
      if (this.#holds.get(tenant)?.restore !== restore) this.#noteHold(tenant, restore);
    if (release !== null && !this.#releases.has(release.decisionId)) {
      this.#order.set(release.decisionId, this.#releases.size);
      this.#releases.set(release.decisionId, release);
    }
    const sinceSure = this.#ledger.now().sure;
    const granted = slots.filter(({ stage }) => release !== null && stage === "granted").map(({ r }) => r);
    for (const [effect, owed] of this.#owed) {
      const isOfIt = owed.b === b && effect.includes(release?.decisionId ?? "no decision");
      if (owed.b === b && !(isOfIt && (owed.r === "" || granted.includes(owed.r)))) this.#owed.delete(effect);
    }
    // Why not once it is decided anew or forgotten: the keyholder shows a withdrawal until then, and a clock zone that was away as long cannot know of it.
    const stillSaid = new Set(withdrawn.map(({ decisionId, r }) => `withdrawn:${decisionId}:${r}`));
    for (const [effect, owed] of this.#owedBack) {
      const isForgotten = this.#mayBeForgotten.has(effect) && !stillSaid.has(effect);
      if (owed.b === b && (release !== null || isForgotten)) this.#owedBack.delete(effect);
      if (stillSaid.has(effect)) this.#mayBeForgotten.delete(effect);
    }
    if (release !== null) {
      const effects = [
        [`release-begun:${release.decisionId}`, ""] as const,
        ...granted.map((r) => [`release:${release.decisionId}:${r}`, r] as const),
      ];
      for (const [effect, r] of effects)
        if (!this.#effects.has(`${tenant} ${effect}`) && !this.#owed.has(effect))
          this.#owed.set(effect, { tenant, b, r, sinceSure });
    }
    for (const { r, stage } of slots)
      if (release !== null && (stage === "fetched" || stage === "opened"))
        this.#opened.set(`${b}/${r}`, this.#order.get(release.decisionId) ?? 0);
    if (release !== null) return;
    for (const { decisionId, r } of withdrawn) this.#oweBack({ tenant, b, r, sinceSure }, decisionId);
  }

  #noteAwaited({ account, b, state, lastSign, remindersDue }: Shown): void {
    const isReached = this.#ledger.find(account, b)?.reach !== "none" && state !== "frozen";
    const known = this.#awaited.get(b);
    const { sure } = this.#ledger.now();
    const names = isReached ? remindersDue.map(({ phase, index }) => `${lastSign} ${phase} ${index}`) : [];
    this.#awaited.set(b, new Map(names.map((name) => [name, known?.get(name) ?? sure])));
  }

  #oweBack(owed: Owed, decision: string): void {
    const effect = `withdrawn:${decision}:${owed.r}`;
    const isTold = this.#told.get(`${decision}/${owed.r}`) === this.#life;
    const { b, r } = owed;
    // Why not who has what was decided later, though a restored keyholder forgot it: that nothing was opened would be untrue.
    const hasNewer = (this.#opened.get(`${b}/${r}`) ?? -1) >= (this.#order.get(decision) ?? 0);
    if (!isTold || hasNewer) return;
    if (this.#effects.has(`${owed.tenant} ${effect}`) || this.#owedBack.has(effect)) return;
    this.#owedBack.set(effect, owed);
  }

  /** A mail server refused it for good. */
  refused(id: string): void {
    this.#refused.add(id);
  }

  /** A mail server took it, whether or not whoever sent it came to know. */
  async taken(id: string): Promise<void> {
    const row = this.#eyes.mail(id);
    this.#judgeTwice(id, row);
    this.#taken.set(id, this.#doubts);
    if (row === null) return;
    this.#effects.set(`${row.tenant} ${row.key}`, { id, life: this.#life });
    this.#owed.delete(row.key);
    this.#owedBack.delete(row.key);
    const [kind, decision = "", r = ""] = row.key.split(":");
    if (kind === "release" || kind === "release-begun") await this.#judgeTold(row, decision, r);
    if (kind === "reminder") this.#judgeReminded(id);
    if (kind === "held") this.#judgeHeld(row.tenant);
  }

  /** M3: no letter leaves twice unless something stood between its leaving and the note of it. */
  #judgeTwice(id: string, row: OutboxSight | null): void {
    this.#ledger.count("M3");
    if (this.#taken.get(id) === this.#doubts && !this.#eyes.isLate())
      throw new Violation("M3", `one mail left twice: ${row?.key}`);
    const before = row === null ? undefined : this.#effects.get(`${row.tenant} ${row.key}`);
    if (before !== undefined && before.id !== id && before.life === this.#life)
      throw new Violation("M3", `two mails for one effect: ${row?.key}`);
  }

  /** E5, and M1: nobody reads of a share that the keyholder had taken back before the letter left. */
  async #judgeTold(row: OutboxSight, decision: string, r: string): Promise<void> {
    const release = this.#releases.get(decision) ?? null;
    const facts = release === null ? null : this.#ledger.find(row.tenant, release.b);
    if (release === null || facts === null)
      throw new Violation("E5", "a letter speaks of a decision that nobody signed");
    if (r === "") return;
    // Why not whether its row is there still: a restore may have lost it since.
    this.#ledger.judge("onTold", { facts, r, release, isDecided: true });
    this.#told.set(`${decision}/${r}`, this.#life);
    const stage = await this.#eyes.stageNow(row.tenant, release.b, decision, r);
    if (stage === undefined || this.#eyes.isLate()) return;
    this.#ledger.count("M1");
    if (stage !== "granted") throw new Violation("M1", `a recipient is told of a share that is ${stage}`);
  }

  #judgeReminded(id: string): void {
    const { at } = this.#ledger.now();
    // Why not: to clocks that are years apart, every try of the other one is long ago, or still to come.
    if (!this.#eyes.areWallsRight()) return;
    for (const name of this.#eyes.remindersOf(id)) {
      const last = this.#reminded.get(name);
      // Why not of one that stood still: the claim of what it was about to send has lapsed, and nobody can know whether it left.
      if (last !== undefined && last.doubts === this.#doubts && at - last.at < reminderEveryMs && !this.#eyes.isLate())
        throw new Violation("M3", `reminded again after ${inDays(at - last.at)}`);
      this.#reminded.set(name, { at, doubts: this.#doubts });
    }
  }

  /** M5: the keyholder is told of reminders that a mail server took, and of no others. */
  judgeNoted(reminder: ReminderSight): void {
    const mail = this.#eyes.mailOfReminder(reminder);
    if (mail === null) return;
    this.#ledger.count("M5");
    if (!this.#taken.has(mail)) throw new Violation("M5", "a reminder counts that no mail server took");
  }

  /** M2: whoever is given something hears of it, and the owner that it began. M4: whoever was told and must be told otherwise is. */
  judgeOwed(): void {
    this.#judgeAwaited();
    this.#judgeLoosenings();
    this.#judgeHolds();
    for (const [effect, owed] of this.#owed) this.#judgeOne("M2", effect, owed, this.#owed);
    for (const [effect, owed] of this.#owedBack) this.#judgeOne("M4", effect, owed, this.#owedBack);
  }

  /** M6: what the keyholder waits for is mailed and told, so that nobody's phase ends without a word. */
  #judgeAwaited(): void {
    const { sure } = this.#ledger.now();
    for (const names of this.#awaited.values())
      for (const [name, since] of names) {
        this.#ledger.count("M6");
        if (sure - since > owedForMs)
          throw new Violation("M6", `reminder ${name} is not noted ${inDays(sure - since)} later`);
      }
  }

  /**
   * M7: the owner hears of a loosening, unless it was cancelled, replaced or bound meanwhile. Why by what the owner's side knows: a keyholder that says nothing
   * of what cools is found too.
   */
  #judgeLoosenings(): void {
    for (const { account: tenant, b, cooling, isUncertain } of this.#ledger.bequests) {
      const effect = `loosening:${b}:${cooling?.id}`;
      if (cooling === null || isUncertain || this.#effects.has(`${tenant} ${effect}`) || this.#refusedFor.has(effect))
        continue;
      const owed = { tenant, b, r: "", sinceSure: cooling.accepted.sure };
      const book = new Map([[effect, owed]]);
      this.#judgeOne("M7", effect, owed, book);
      if (book.size === 0) this.#refusedFor.add(effect);
    }
  }

  /** M8: the owner hears of a restore that holds what they armed, whatever the keyholder shows of it, unless they signed meanwhile. */
  #judgeHolds(): void {
    for (const [tenant, { restore, at, sinceSure }] of this.#holds) {
      const effect = `held:${restore}`;
      const isTold = this.#effects.has(`${tenant} ${effect}`) || this.#refusedHolds.has(`${tenant} ${effect}`);
      if (isTold || !this.#isHeldSince(tenant, at)) continue;
      const book = new Map([[effect, { tenant, b: "", r: "", sinceSure }]]);
      this.#judgeOne("M8", effect, { tenant, b: "", r: "", sinceSure }, book);
      if (book.size === 0) this.#refusedHolds.add(`${tenant} ${effect}`);
    }
  }

  /**
   * Why not of a hold that began later: the owner signed before it, and a clock in doubt began it, of which no letter tells. Why not where something left: it may
   * have been the last. Why not once it may be over by itself: whatever the letter needs was away for all that time.
   */
  #isHeldSince(tenant: string, at: number): boolean {
    const all = this.#ledger.of(tenant);
    const { served } = this.#ledger.now();
    if (all.some(({ isUncertain }) => isUncertain)) return false;
    return all.some(
      ({ restored, bound, disarmed, opened }) =>
        restored !== null &&
        restored.at <= at &&
        bound !== null &&
        served - restored.served < holdOf(bound) &&
        disarmed === null &&
        !opened.has(bound.g),
    );
  }

  /** M8: nobody reads of a hold that their own sign ended before the letter left. */
  #judgeHeld(tenant: string): void {
    if (this.#eyes.isLate()) return;
    this.#ledger.count("M8");
    const isOver = this.#ledger.of(tenant).every(({ restored, isUncertain }) => restored === null && !isUncertain);
    if (isOver) throw new Violation("M8", "an owner is told of a hold that they ended");
  }

  #judgeOne(invariant: "M2" | "M4" | "M7" | "M8", effect: string, owed: Owed, book: Map<string, Owed>): void {
    this.#ledger.count(invariant);
    const row = this.#eyes.mailOf(owed.tenant, effect);
    const wasRefused = row !== null && this.#refused.has(row.id);
    const isGivenUp = row?.state === "refused" && !wasRefused;
    if (isGivenUp && row.attempts < leastTries)
      throw new Violation(invariant, `${effect} is given up after ${row.attempts} tries`);
    if (isGivenUp || wasRefused) book.delete(effect);
    else if (row?.state === "accepted") throw new Violation(invariant, `${effect} counts as sent and never left`);
    else if (this.#ledger.now().sure - owed.sinceSure > owedForMs)
      throw new Violation(
        invariant,
        `${effect} has not left ${inDays(this.#ledger.now().sure - owed.sinceSure)} later`,
      );
  }
}
