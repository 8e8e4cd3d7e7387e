import { setTimeout as wait } from "node:timers/promises";
import { ProblemError, readAll, RefusedError, type ReleaseInfo } from "@afterkeep/sdk";
import { tokenOf } from "../../e2e/attack/a-household.ts";
import type { MailServer } from "../machine/mail-server.ts";
import type { BequestFacts } from "../oracle/bequest-facts.ts";
import type { Ledger } from "../oracle/ledger.ts";
import type { Household } from "./household.ts";
import { patiently } from "./patience.ts";

/** More than twice what a mail is put off by where kms or keyholder did not answer in time, which in a demo is no shorter. */
const tellingMs = 150_000;

/** What the recipient of a household does: looks, tries, opens, and compares. */
export class Heir {
  readonly #household: Household;
  readonly #mail: MailServer;
  readonly #ledger: Ledger;

  constructor(household: Household, mail: MailServer, ledger: Ledger) {
    this.#household = household;
    this.#mail = mail;
    this.#ledger = ledger;
  }

  get #device() {
    return this.#household.recipient.device();
  }

  /** The present decision about a bequest, or null. */
  async look({ b }: BequestFacts): Promise<ReleaseInfo | null> {
    const at = performance.now();
    const releases = await patiently("looking at releases", this.#ledger.service.since, () =>
      this.#device.listReleases(),
    );
    for (const one of releases) {
      const facts = this.#ledger.bequests.get(one.b);
      // Why not one that was taken back: it was of a silence that is over.
      if (facts !== undefined && one.stage !== "withdrawn") this.#ledger.sawDecision(facts, one.decisionId, at);
    }
    return releases.find((one) => one.b === b) ?? null;
  }

  /**
   * Enters by the link of the mail that tells of this release, or by one that is asked for where there may be none.
   * @param isTold whether that mail must come by itself
   */
  async enter({ b, signedAtMs }: BequestFacts, isTold: boolean): Promise<void> {
    if (await this.#enterWithin(signedAtMs, isTold ? tellingMs : 3_000)) return;
    if (isTold) this.#ledger.violate("lost", `nobody is told of ${b}`);
    this.#ledger.count("asked for a link");
    const askedAtMs = Date.now();
    await patiently("asking for a link", this.#ledger.service.since, () =>
      this.#device.sendLink(this.#household.recipient.email),
    );
    if (!(await this.#enterWithin(askedAtMs, tellingMs)))
      this.#ledger.violate("lost", `no link lets anybody in to ${b}`);
  }

  async #enterWithin(sinceMs: number, limitMs: number): Promise<boolean> {
    const begunAt = performance.now();
    const tried = new Set<string>();
    for (; !this.#isOver(begunAt, limitMs); await wait(200)) {
      const link = await this.#newestLink(sinceMs);
      if (link === undefined || tried.has(link)) continue;
      tried.add(link);
      if (await this.#admits(link)) return true;
    }
    return false;
  }

  /** Whether the product was there for so long; or, where it is never there, nobody could wait any longer. */
  #isOver(begunAt: number, limitMs: number): boolean {
    return this.#ledger.service.since(begunAt) > limitMs || performance.now() - begunAt > 10 * limitMs;
  }

  async #newestLink(sinceMs: number): Promise<string | undefined> {
    const mails = await this.#mail.mails(this.#household.recipient.email);
    const links = mails
      .filter(({ receivedMs }) => receivedMs >= sinceMs)
      .flatMap(({ text }) => /https?:\/\/\S+\/open#[A-Za-z0-9_-]{43}/.exec(text)?.[0] ?? []);
    return links[0];
  }

  /** False for a link of a database that was put back: it does not know it. */
  async #admits(link: string): Promise<boolean> {
    try {
      await patiently("a link", this.#ledger.service.since, () => this.#device.openInvitation(tokenOf(link)));
      return true;
    } catch (error) {
      if (error instanceof ProblemError) return false;
      throw error;
    }
  }

  /** Opens what was left and compares every byte. Null when it was refused. */
  async open(facts: BequestFacts): Promise<true | null> {
    const begunAt = performance.now();
    const release = await this.look(facts);
    if (release === null) return null;
    const opened = await patiently("opening", this.#ledger.service.since, () =>
      this.#device.openRelease(facts.b),
    ).catch(refused);
    if (opened === null) return null;
    this.#ledger.opened(facts, release.decisionId, begunAt);
    const got = new Map<string, string>();
    for (const { doc, name } of opened.documents)
      got.set(
        name,
        await patiently("fetching", this.#ledger.service.since, async () => this.#fetch(await opened.download(doc))),
      );
    this.#compare(facts, { message: opened.message, missing: opened.missing.length, got });
    return true;
  }

  /** Tries to open until it opens. What keeps it waiting too long is the ledger's to judge. */
  async openAtLast(facts: BequestFacts): Promise<void> {
    const begunAt = performance.now();
    while ((await this.open(facts)) === null) {
      if (this.#isOver(begunAt, 60_000)) {
        this.#ledger.violate("lost", `${facts.b} is decided and does not open`);
        return;
      }
      await wait(200);
    }
  }

  async #fetch({ stream }: { stream: ReadableStream<Uint8Array> }): Promise<string> {
    return Buffer.from(await readAll(stream)).toString("base64");
  }

  #compare(facts: BequestFacts, opened: { message: string; missing: number; got: ReadonlyMap<string, string> }): void {
    const { message, documents } = facts.left;
    if (opened.message !== message) this.#ledger.violate("lost", `${facts.b} opens with another message`);
    if (opened.missing > 0) this.#ledger.violate("lost", `${opened.missing} documents of ${facts.b} are missing`);
    for (const [name, content] of documents)
      if (opened.got.get(name) !== content)
        this.#ledger.violate("lost", `${name} of ${facts.b} is not what was sealed`);
    this.#ledger.counts["documents compared"] = (this.#ledger.counts["documents compared"] ?? 0) + documents.size;
  }
}

/** What is taken back, not granted yet, or not this person's is refused; everything else is a fault. */
function refused(error: unknown): null {
  const isNo = error instanceof ProblemError && [403, 404, 409].includes(error.status);
  if (isNo || (error instanceof RefusedError && error.code === "not-found")) return null;
  throw error;
}
