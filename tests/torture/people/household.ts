import { randomBytes } from "node:crypto";
import { parseId } from "@afterkeep/bytes";
import { aFile, anOwner, aVerified, type Owner, type Place, type Recipient } from "../../e2e/attack/a-household.ts";
import { BequestFacts, type Signed } from "../oracle/bequest-facts.ts";
import type { Ledger } from "../oracle/ledger.ts";
import { dayMs, type Terms } from "../oracle/terms.ts";
import { patiently } from "./patience.ts";

type Receipt = { rows: readonly { b: string; earliestMs: number; leftMs: number }[] };
type Document = { readonly doc: string; readonly name: string; readonly content: string };

/** Forty thousand bytes and less: what is fetched is compared byte for byte, not measured. */
const sizes = [1, 4_097, 40_000];

/** An owner, one person to leave things to, and everything that the oracle is told of what they do. */
export class Household {
  readonly owner: Owner;
  readonly recipient: Recipient;
  readonly facts: BequestFacts[] = [];
  readonly #documents: readonly Document[];
  readonly #ledger: Ledger;
  #busy: Promise<unknown> = Promise.resolve();

  private constructor(people: { owner: Owner; recipient: Recipient; documents: readonly Document[]; ledger: Ledger }) {
    this.owner = people.owner;
    this.recipient = people.recipient;
    this.#documents = people.documents;
    this.#ledger = people.ledger;
  }

  static async settle(place: Place, name: string, ledger: Ledger): Promise<Household> {
    const owner = await anOwner(place, name);
    const contents = sizes.map((size, index) => ({ name: `${name}-${index}.bin`, bytes: randomBytes(size) }));
    const sealed = await owner.device().seal(contents.map((one) => aFile(one.name, one.bytes)));
    const documents = sealed.map(({ doc }, index) => ({
      doc,
      name: contents[index]?.name ?? "",
      content: contents[index]?.bytes.toString("base64") ?? "",
    }));
    const recipient = await aVerified(place, owner, `${name}-heir`);
    return new Household({ owner, recipient, documents, ledger });
  }

  /** Plans and arms a bequest. It is one sign for all of them. */
  async arm(terms: Terms, reminders: readonly number[]): Promise<BequestFacts> {
    const message = `Yours, ${randomBytes(6).toString("hex")}.\n`;
    const draft = {
      title: message,
      message,
      recipients: [{ r: this.recipient.r, delay: 0 }],
      documents: this.#documents.map(({ doc }) => parseId(doc)),
      times: { ...terms, reminders },
    };
    const { b } = await this.#alone(() =>
      patiently("planning", this.#ledger.service.since, () => this.owner.device().createBequest(draft)),
    );
    const documents = new Map(this.#documents.map(({ name, content }) => [name, content]));
    const facts = new BequestFacts({ b, owner: this.owner.name, terms, left: { message, documents } });
    this.facts.push(facts);
    this.#ledger.bequests.set(b, facts);
    await this.#signed("arming", () => this.owner.device().arm(b));
    return facts;
  }

  checkIn(): Promise<void> {
    return this.#signed("a check-in", () => this.owner.device().checkIn());
  }

  async disarm(facts: BequestFacts): Promise<void> {
    await this.#signed("a disarm", () => this.owner.device().disarm(facts.b));
    facts.disarmedAt = performance.now();
  }

  async pause(facts: BequestFacts, forDays: number): Promise<void> {
    const sentAt = performance.now();
    await this.#signed("a pause", () => this.owner.device().pause(facts.b, forDays * dayMs));
    facts.paused = { sentAt, forMs: forDays * dayMs };
  }

  /** Every try may count, whether or not its answer came; the one with a receipt surely does. */
  #signed(what: string, send: () => Promise<Receipt>): Promise<void> {
    return this.#alone(() => this.#sign(what, send));
  }

  async #sign(what: string, send: () => Promise<Receipt>): Promise<void> {
    const answer = await patiently(what, this.#ledger.service.since, async () => {
      const sentAt = performance.now();
      try {
        const receipt = await send();
        return { receipt, signed: { sentAt, receiptAt: performance.now() } };
      } catch (error) {
        this.#note({ sentAt, receiptAt: null });
        throw error;
      }
    });
    this.#note(answer.signed);
    this.#ledger.count(what);
    for (const { b, earliestMs, leftMs } of answer.receipt.rows) {
      const facts = this.#ledger.bequests.get(b);
      if (facts !== undefined && earliestMs > 0) this.#ledger.promised(facts, earliestMs, leftMs);
    }
  }

  // Why one after the other: it is one device, and a person has two hands.
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#busy.then(work);
    this.#busy = done.catch(() => undefined);
    return done;
  }

  #note(signed: Signed): void {
    for (const facts of this.facts) {
      facts.signs.push(signed);
      facts.signedAtMs = Date.now();
    }
  }
}
