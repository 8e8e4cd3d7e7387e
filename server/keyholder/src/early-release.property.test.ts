import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { armed } from "./testing/a-bequest.ts";
import { dayMs, type TestKeyholder, withKeyholder } from "./testing/a-keyholder.ts";
import { anOwner, aPerson, type Owner, type Person, randomHash } from "./testing/an-owner.ts";
import { fetchShare, silence } from "./testing/a-silence.ts";
import { openStatement } from "@afterkeep/statements";

const asApi = { caller: "api", requestId: "test" } as const;
const asClock = { caller: "clock", requestId: "test" } as const;
const whole = (30 + 14 + 3) * dayMs;

/** What the world does. Days are real days of the machine; jumps are of the wall clock alone. */
const event = fc.oneof(
  { weight: 8, arbitrary: fc.record({ what: fc.constant("silence" as const), days: fc.integer({ min: 1, max: 30 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant("jump" as const), days: fc.integer({ min: -400, max: 400 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constantFrom("check-in", "link", "restart", "restore", "probe", "mail"),
      days: fc.constant(0),
    }),
  },
);

/** The test's own record, kept without looking at the keyholder's: only the monotonic clock and what receipts promised. */
type Ledger = { heardAt: number; heldAt: number; promised: number; highestWall: number };

class World {
  readonly test: TestKeyholder;
  readonly owner: Owner;
  readonly person: Person;
  readonly b: string;
  readonly ledger: Ledger;
  backup = "";

  constructor(test: TestKeyholder, owner: Owner, person: Person, b: string) {
    this.test = test;
    this.owner = owner;
    this.person = person;
    this.b = b;
    const now = test.clock.monotonicMs();
    const highestWall = test.clock.nowMs();
    this.ledger = { heardAt: now, heldAt: -Infinity, promised: highestWall + whole, highestWall };
  }

  async happen({ what, days }: { what: string; days: number }): Promise<void> {
    const { test, ledger } = this;
    if (what === "silence") await silence(test, days * dayMs);
    if (what === "jump") test.clock.jumpWall(days * dayMs);
    if (what === "probe") test.isReachable = !test.isReachable;
    if (what === "mail") test.mail.isDown = !test.mail.isDown;
    if (what === "restart") await test.restart();
    if (what === "restore") await this.restore();
    if (what === "check-in") await this.sign();
    if (what === "link") await this.press();
    ledger.highestWall = Math.max(ledger.highestWall, test.clock.nowMs());
  }

  async restore(): Promise<void> {
    if (this.backup === "") {
      this.backup = await this.test.backUp();
      return;
    }
    await this.test.restoreStore(this.backup);
    this.ledger.heldAt = this.test.clock.monotonicMs();
    this.backup = "";
  }

  async sign(): Promise<void> {
    const { rows } = await this.owner.checkIn();
    this.ledger.promised = Math.max(this.ledger.promised, rows[0]?.earliest.silence ?? 0);
    this.ledger.heardAt = this.test.clock.monotonicMs();
    this.ledger.heldAt = -Infinity;
  }

  async press(): Promise<void> {
    const { token } = await this.owner.handlers.mintToken({ account: this.owner.account }, asClock);
    const answer = await (async () => this.owner.handlers.submitToken({ token, nonce: randomHash() }, asApi))().catch(
      () => null,
    );
    if (answer === null) return;
    const { rows } = openStatement("receipt", answer.receipt, await this.owner.keyholderKey()).body;
    this.ledger.promised = Math.max(this.ledger.promised, rows[0]?.earliest.silence ?? 0);
    this.ledger.heardAt = this.test.clock.monotonicMs();
  }

  async check(): Promise<boolean> {
    const fetched = await fetchShare(this.owner, this.b, this.person).catch(() => null);
    if (fetched === null) return false;
    const now = this.test.clock.monotonicMs();
    expect(now - this.ledger.heardAt, "since the last accepted sign").toBeGreaterThanOrEqual(whole);
    expect(now - this.ledger.heldAt, "since a restore").toBeGreaterThanOrEqual(90 * dayMs + whole);
    expect(this.ledger.highestWall, "every receipt's earliest").toBeGreaterThanOrEqual(this.ledger.promised);
    return true;
  }
}

describe("whatever happens", () => {
  it("nothing is given before interval, grace and last call since the last sign, nor before any receipt's promise", async () => {
    let given = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 8, maxLength: 14 }), (events) =>
        withKeyholder(async (test) => {
          const [owner, person] = [await anOwner(test), await aPerson()];
          const { b } = await armed(owner, [person]);
          const world = new World(test, owner, person, b);
          for (const one of events) {
            await world.happen(one);
            if (await world.check()) given++;
          }
        }),
      ),
      { numRuns: 8, seed: 20_260_101, endOnFailure: true },
    );
    expect(given, "runs in which something was given at all").toBeGreaterThan(0);
  }, 240_000);
});
