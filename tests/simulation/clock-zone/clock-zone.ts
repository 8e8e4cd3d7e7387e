import { MemoryDatabase, keyOf } from "@afterkeep/clock/testing";
import { randomBytes } from "@afterkeep/bytes";
import { sealField } from "@afterkeep/platform";
import { MailBook } from "../ledger/mail-book.ts";
import { Violation } from "../ledger/violation.ts";
import type { KeyholderPin } from "../people/keyholder-pin.ts";
import type { ShownSwitch } from "../people/shown-switch.ts";
import type { Vault } from "../people/vault.ts";
import type { Watcher } from "../people/watcher.ts";
import { dayMs, hourMs, minuteMs, startWallMs } from "../world/time.ts";
import type { World } from "../world/world.ts";
import { ClockProcess, type ClockWork, type Strike } from "./clock-process.ts";
import type { ClockSite } from "./clock-site.ts";
import { mailEyes } from "./mail-eyes.ts";

const maxRounds = 40;
const wrongMailMs = hourMs;
const wrongLookMs = 35 * dayMs;
let made = 0;

/** The product's clock zone in a world: its database, its processes and what they do when there is something to do. */
export class ClockZone {
  readonly site: ClockSite;
  readonly book: MailBook;
  readonly #folder = `/kept/clock-${++made}`;
  readonly #deks = new Map<string, Uint8Array>();
  processes: ClockProcess[] = [];
  onStruck: (process: ClockProcess, strike: Strike) => void = () => {};
  #seen: { readonly commits: number; readonly looks: readonly number[] } = { commits: -1, looks: [] };
  #started = 0;
  #plannedAt = Number.POSITIVE_INFINITY;
  /** No process is begun before: what failed is tried again a little later. */
  #restsUntil = 0;

  constructor(world: World, pin: KeyholderPin, watcher: Watcher) {
    const database = new MemoryDatabase(() => world.now + startWallMs + this.site.databaseSlip);
    this.book = new MailBook(
      world.ledger,
      mailEyes(world, database, pin, {
        isLate: () => this.processes.some(({ wasPaused }) => wasPaused),
        areWallsRight: () => this.areWallsRight,
      }),
    );
    this.site = {
      ...{ world, database, watcher, book: this.book, deks: this.#deks, copies: [] },
      ...{ isDatabaseUp: true, isKmsUp: true, isKeyholderInReach: true, databaseSlip: 0, trouble: 0, isForging: false },
      ...{ failsOverIn: 0, onFailOver: () => {}, onArrived: () => {} },
    };
    watcher.onShown = (shown, release) => this.book.noteShown(shown, release, withdrawnOf(shown, pin));
  }

  /** An account with its people, as the api wrote it. */
  add(vault: Vault): void {
    const { account: tenant } = vault;
    const dek = randomBytes(32);
    this.#deks.set(tenant, dek);
    const place = { table: "account", tenant, row: tenant };
    const { account, recipient } = this.site.database.tables;
    account.put(tenant, {
      id: tenant,
      dek: "wrapped",
      email: sealField(dek, { ...place, column: "email" }, vault.addresses.at(-1) ?? ""),
      name: sealField(dek, { ...place, column: "name" }, vault.name),
    });
    for (const { r } of vault.bequests.flatMap(({ people }) => people)) {
      const email = sealField(dek, { table: "recipient", column: "email", tenant, row: r }, addressOf(r));
      recipient.put(keyOf.recipient({ tenant, r }), { tenant, r, email, bounced: false });
    }
  }

  /** @param isElsewhere on a machine with a wall clock of its own; else on the keyholder's */
  start(isElsewhere = false): ClockProcess {
    const process = new ClockProcess(this.site, {
      name: `clock ${++this.#started}`,
      folder: this.#folder,
      isElsewhere,
    });
    process.onStruck = (strike) => this.onStruck(process, strike);
    this.processes.push(process);
    return process;
  }

  end(process: ClockProcess): void {
    process.die();
    this.processes = this.processes.filter((one) => one !== process);
  }

  /** Everything that a letter needs is well. */
  get isWell(): boolean {
    const { isDatabaseUp, isKmsUp, isKeyholderInReach } = this.site;
    const isRunning = this.processes.length > 0 && this.processes.every(({ isPaused }) => !isPaused);
    return isDatabaseUp && isKmsUp && isKeyholderInReach && isRunning && this.areWallsRight;
  }

  get areWallsRight(): boolean {
    return this.site.databaseSlip === 0 && this.processes.every(({ isWallRight }) => isWallRight);
  }

  async work(): Promise<void> {
    const { world, watcher } = this.site;
    if (world.process.isUp) await watcher.read();
    this.#startOrStop();
    // Why at once: one that stood still goes on at the moment at which it is let.
    if (this.processes.some(({ isBusy, isPaused }) => isBusy && !isPaused)) await quiet();
    for (let round = 0; round < maxRounds && world.now >= this.#restsUntil; round++) {
      if (!this.#begin()) break;
      await quiet();
      this.#requireNoSurprise();
      world.reap();
      if (world.process.isUp) await watcher.read();
      if (this.processes.some(({ hasFailed }) => hasFailed)) this.#rest();
    }
    this.#planNext();
  }

  /** E6, of the mirror in the database: what it says of a vault is what the keyholder derives now, unless news is on its way. */
  async compare({ account: tenant }: Vault): Promise<void> {
    const { world, watcher, database } = this.site;
    const isSettled = this.isWell && world.ledger.meters.isSettled && this.processes.every(({ isBusy }) => !isBusy);
    if (!isSettled || watcher.isBehind() || this.#hasNews()) return;
    for (const derived of await watcher.describe({ account: tenant })) {
      const { b, state, policyHash, lastSign, requests } = derived;
      const row = database.tables.switch_state.get(keyOf.switch({ tenant, b }));
      // Why not frozen ones: neither a clock in doubt nor its end is news; it is looked at again within the hour.
      if (row === undefined || [row.state, state].includes("frozen")) continue;
      // Why not those that were refused: they are shown for a day, and their end is no news.
      const open = requests.flatMap(({ request, stage }) => (stage === "open" ? [request] : []));
      const mirrored = [row.state, ...[row.policy_hash, row.last_sign].map((hash) => hash.toString("base64url"))];
      world.ledger.judge("onMirrored", {
        mirrored: JSON.stringify([...mirrored, open.filter((request) => row.requests.includes(request))]),
        derived: JSON.stringify([state, policyHash, lastSign, open]),
      });
    }
  }

  #startOrStop(): void {
    const isUp = this.site.world.isClockZoneUp;
    if (!isUp) for (const process of this.processes) this.end(process);
    else if (this.processes.length === 0) this.start();
  }

  #rest(): void {
    const { world } = this.site;
    world.ledger.meters.disturb();
    this.#restsUntil = world.now + minuteMs;
    for (const process of this.processes) process.hasFailed = false;
  }

  #begin(): boolean {
    let hasBegun = false;
    for (const process of this.processes) {
      if (process.isBusy) continue;
      const work = this.#findWork();
      if (!work.feed && !work.mails && !work.notes) continue;
      process.begin(work, this.site.trouble > 0 && this.site.world.random.chance(0.05));
      hasBegun = true;
    }
    return hasBegun;
  }

  #requireNoSurprise(): void {
    const surprised = this.processes.find(({ surprise }) => surprise !== null);
    if (surprised === undefined) return;
    if (surprised.surprise instanceof Violation) throw surprised.surprise;
    throw new Error("the clock zone met something that it does not know", { cause: surprised.surprise });
  }

  #findWork(): ClockWork {
    const { world, isKeyholderInReach } = this.site;
    const isHeard = world.process.isUp && isKeyholderInReach;
    return {
      feed: isHeard && (this.#hasNews() || this.#isLookDue()),
      mails: this.#mails().some((inMs) => inMs <= 0),
      notes: isHeard && this.#notes().some((inMs) => inMs <= 0),
    };
  }

  /** By the keyholder's time, which is one for all processes. Call while it is up. */
  #isLookDue(): boolean {
    const now = this.#keyholderMs();
    return this.#looks().some((at) => at <= now || at > now + wrongLookMs);
  }

  #keyholderMs(): number {
    return this.site.world.process.eyes.time().recordedWall;
  }

  #hasNews(): boolean {
    const { epoch, revision } = this.site.world.process.eyes.time();
    const cursor = this.site.database.tables.clock_cursor.get(keyOf.cursor);
    return cursor?.epoch !== epoch || cursor.position !== revision;
  }

  /** When the switches are to be looked at; not those that somebody is looking at. */
  #looks(): readonly number[] {
    const { commits } = this.site.database;
    const isAlone = this.processes.every(({ isBusy }) => !isBusy);
    // Why kept: it is asked after everything that happens in the world.
    if (!isAlone || this.#seen.commits !== commits)
      this.#seen = { commits: isAlone ? commits : -1, looks: this.#readLooks() };
    return this.#seen.looks;
  }

  #readLooks(): number[] {
    const { switch_state } = this.site.database.tables;
    return [...switch_state.entries()].flatMap(([key, { look_at: at }]) =>
      at === null || switch_state.locks.has(key) ? [] : [at],
    );
  }

  /** In how long mails may be claimed, by the database's clock. */
  #mails(): number[] {
    const { outbox } = this.site.database.tables;
    const now = this.site.database.nowMs();
    return [...outbox.under("queued", "yes")].flatMap((key) => {
      const row = outbox.get(key);
      if (row === undefined || outbox.locks.has(key)) return [];
      const lapse = row.claimed_until === null ? 0 : row.claimed_until - now;
      return [Math.max(untilDue(row.next_attempt_at - now), Math.min(lapse, hourMs))];
    });
  }

  /** Nothing is looked at while the keyholder is away; when it is there again, everything is. */
  #untilLook(): number {
    if (!this.site.world.process.isUp) return Number.POSITIVE_INFINITY;
    const now = this.#keyholderMs();
    let look = Number.POSITIVE_INFINITY;
    for (const at of this.#looks()) look = Math.min(look, at > now + wrongLookMs ? now : at);
    return look - now;
  }

  #notes(): number[] {
    const { reminder } = this.site.database.tables;
    const now = this.site.database.nowMs();
    return [...reminder.under("toNote", "yes")].flatMap((key) => {
      const row = reminder.get(key);
      if (row === undefined || reminder.locks.has(key)) return [];
      return [untilDue((row.note_at ?? now) - now)];
    });
  }

  /** Lets the world come back when something falls due by itself. */
  #planNext(): void {
    const { world } = this.site;
    if (this.processes.every(({ isBusy }) => isBusy)) return;
    const lookInMs = this.#untilLook();
    // Why looks later: what they find has mostly come as news before.
    // Why soon after a failure: the product tries again within seconds, and news of which nothing else tells would wait for days.
    const again = this.#restsUntil > world.now ? [minuteMs] : [];
    const nextInMs = Math.min(lookInMs + 10 * minuteMs, ...this.#mails(), ...this.#notes(), ...again);
    if (!Number.isFinite(nextInMs)) return;
    // Why not as often as the product tries: while nothing can come of it, a world would consist of that alone.
    const isOfUse = this.isWell && world.process.isUp && world.mail.weather === "fine";
    const least = isOfUse ? minuteMs : (1 + 3 * world.random.part()) * hourMs;
    const at = world.now + Math.max(least, nextInMs);
    if (this.#plannedAt > world.now && this.#plannedAt <= at + minuteMs) return;
    this.#plannedAt = at;
    world.later(at - world.now, "clock zone looks", () => {
      if (this.#plannedAt <= world.now) this.#plannedAt = Number.POSITIVE_INFINITY;
      return this.work();
    });
  }
}

/** What is put off by more than an hour was so by a wrong clock. */
function untilDue(inMs: number): number {
  return inMs > wrongMailMs ? 0 : inMs;
}

function withdrawnOf({ slots }: ShownSwitch, pin: KeyholderPin) {
  return slots.flatMap(({ withdrawn }) => (withdrawn === "" ? [] : [pin.open("withdrawn", withdrawn)]));
}

/** Until nothing goes on but what waits for time to pass. Why this is certain: nothing in a simulated world waits for the machine that it runs on. */
async function quiet(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

export function addressOf(r: string): string {
  return `r-${r.toLowerCase().replaceAll(/[^a-z0-9]/g, "x")}-${Buffer.from(r).toString("hex").slice(0, 20)}@people.test`;
}
