import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeBase64url } from "@afterkeep/bytes";
import { generateSigningKey, type SigningKey } from "@afterkeep/crypto";
import { createMailer, type Mailer } from "@afterkeep/platform";
import { type Keyholder, openKeyholder } from "../keyholder.ts";
import type { CommitStep, StoreSettings } from "../store/store.ts";
import type { OutsideClock } from "../time/outside-clock.ts";
import { aSplitClock } from "./a-clock.ts";
import { aMailServer, type MailServer } from "./a-mail-server.ts";

/** Six hours of product time per 100 ms of real time: a month is 120 ticks. */
export const demo: StoreSettings = { mode: "demo", factor: 216_000 };
export const real: StoreSettings = { mode: "real", factor: 1 };
export const dayMs = 86_400_000;

/** A keyholder of one test's own, on a real folder and a real loopback mail server, whose time moves on command. */
export class TestKeyholder {
  readonly folder = aFolder();
  readonly clock = aSplitClock();
  readonly publicUrl = "http://localhost:8420";
  /** Errors that a tick did not throw. */
  readonly errors: unknown[] = [];
  readonly holds: string[] = [];
  readonly mail: MailServer;
  settings: StoreSettings;
  /** Who can freeze everything, two of them together. */
  operators: readonly SigningKey[] = [generateSigningKey(), generateSigningKey(), generateSigningKey()];
  outsideClock: OutsideClock | null = null;
  /** Whether the public address leads here. */
  isReachable = true;
  /** Called between the steps of a commit. */
  onCommitStep: (step: CommitStep) => void = () => {};
  readonly mailer: Mailer;
  /** Real ms; long enough for every mail of a test that is not about slow ones. */
  callTurnMs = 60_000;
  readonly #copies: string[] = [];
  #keyholder: Keyholder | null = null;

  constructor(settings: StoreSettings, mail: MailServer) {
    this.settings = settings;
    this.mail = mail;
    this.mailer = createMailer({ smtpUrl: mail.smtpUrl, from: "Afterkeep <afterkeep@example.test>" });
  }

  get keyholder(): Keyholder {
    if (this.#keyholder === null) throw new Error("the keyholder is stopped");
    return this.#keyholder;
  }

  async start(): Promise<void> {
    this.#keyholder = await openKeyholder({
      folder: this.folder,
      settings: this.settings,
      clock: this.clock,
      messageClock: {
        nowMs: () => this.clock.nowMs(),
        monotonicMs: () => this.clock.monotonicMs() / this.settings.factor,
      },
      mailer: this.mailer,
      callTurnMs: this.callTurnMs,
      publicUrl: this.publicUrl,
      operators: this.operators.map(({ publicKey }) => encodeBase64url(publicKey)),
      outsideClock: this.outsideClock,
      postProbe: (nonce) => this.#postProbe(nonce),
      onError: (error) => this.errors.push(error),
      onHold: (why) => this.holds.push(why),
      onCommitStep: (step) => this.onCommitStep(step),
    });
    await this.keyholder.tick();
  }

  stop(): void {
    this.#keyholder?.close();
    this.#keyholder = null;
  }

  async restart(): Promise<void> {
    this.stop();
    await this.start();
  }

  /** Lets product time pass, ticking as the zone does. */
  async pass(ms: number): Promise<void> {
    const stepMs = Math.max(60_000, 100 * this.settings.factor);
    for (let left = ms; left > 0; left -= stepMs) {
      this.clock.advance(Math.min(left, stepMs));
      await this.keyholder.tick();
      await this.keyholder.callOwners();
    }
  }

  /** A copy of the whole folder, as a backup is: the keyholder is stopped while it is taken. */
  async backUp(): Promise<string> {
    const copy = aFolder();
    this.#copies.push(copy);
    this.stop();
    cpSync(this.folder, copy, { recursive: true });
    await this.start();
    return copy;
  }

  /** Puts the store of a backup in place of the present one, and starts on it. */
  async restoreStore(backup: string): Promise<void> {
    this.stop();
    for (const name of readdirSync(this.folder))
      if (name.startsWith("keyholder.sqlite")) rmSync(join(this.folder, name));
    cpSync(join(backup, "keyholder.sqlite"), join(this.folder, "keyholder.sqlite"));
    await this.start();
  }

  /** Puts a whole folder back, as a snapshot of the disk does: marks beside the store and all. */
  async restoreFolder(backup: string): Promise<void> {
    this.stop();
    for (const name of readdirSync(this.folder)) rmSync(join(this.folder, name), { recursive: true });
    cpSync(backup, this.folder, { recursive: true });
    await this.start();
  }

  async close(): Promise<void> {
    this.stop();
    this.mailer.close();
    await this.mail.close();
    for (const folder of [this.folder, ...this.#copies]) rmSync(folder, { recursive: true });
  }

  async #postProbe(nonce: string): Promise<string> {
    if (!this.isReachable) throw new Error("unreachable");
    const { echo } = await this.keyholder.handlers.probe({ nonce }, { caller: "api", requestId: "probe" });
    return echo;
  }
}

// Why memory where there is some: hundreds of ticks are written, and no test here is about a power cut.
function aFolder(): string {
  return mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "afterkeep-keyholder-"));
}

/** Runs a test with a keyholder that is closed afterwards, whatever happens. */
export async function withKeyholder(
  work: (test: TestKeyholder) => Promise<void>,
  settings: StoreSettings = demo,
): Promise<void> {
  const test = new TestKeyholder(settings, await aMailServer());
  try {
    await test.start();
    await work(test);
  } finally {
    await test.close();
  }
}
