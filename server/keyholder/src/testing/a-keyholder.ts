import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMailer, type Mailer } from "@afterkeep/platform";
import { type Keyholder, openKeyholder } from "../keyholder.ts";
import type { CommitStep, StoreSettings } from "../store/store.ts";
import { aSplitClock, type SplitClock } from "./a-clock.ts";
import { aMailServer, type MailServer } from "./a-mail-server.ts";

/** Six hours of product time per 100 ms of real time: a month is 120 ticks. */
export const demo: StoreSettings = { mode: "demo", factor: 216_000 };
export const dayMs = 86_400_000;

/** A keyholder of one test's own, on a real folder and a real loopback mail server, whose time moves on command. */
export type TestKeyholder = {
  readonly folder: string;
  readonly clock: SplitClock;
  readonly mail: MailServer;
  readonly publicUrl: string;
  /** Errors that a tick did not throw. */
  readonly errors: unknown[];
  keyholder: Keyholder;
  /** Whether the public address leads here. */
  isReachable: boolean;
  /** Called between the steps of a commit. */
  onCommitStep: (step: CommitStep) => void;
  /** Lets product time pass, ticking as the zone does. */
  pass(ms: number): Promise<void>;
  /** Stops the process and starts it again on the same folder. */
  restart(): Promise<void>;
  close(): Promise<void>;
};

export async function aKeyholder(settings: StoreSettings = demo): Promise<TestKeyholder> {
  const folder = mkdtempSync(join(tmpdir(), "afterkeep-keyholder-"));
  const mail = await aMailServer();
  const mailer = createMailer({ smtpUrl: mail.smtpUrl, from: "Afterkeep <afterkeep@example.test>" });
  const clock = aSplitClock();
  const publicUrl = "http://localhost:8420";
  const stepMs = Math.max(60_000, 100 * settings.factor);
  const test: TestKeyholder = {
    folder,
    clock,
    mail,
    publicUrl,
    errors: [],
    isReachable: true,
    onCommitStep: () => {},
    keyholder: await open(() => test, settings, folder, clock, mailer),
    pass: async (ms) => {
      for (let left = ms; left > 0; left -= stepMs) {
        clock.advance(Math.min(left, stepMs));
        await test.keyholder.tick();
      }
    },
    restart: async () => {
      test.keyholder.close();
      test.keyholder = await open(() => test, settings, folder, clock, mailer);
      await test.keyholder.tick();
    },
    close: async () => {
      test.keyholder.close();
      mailer.close();
      await mail.close();
      rmSync(folder, { recursive: true });
    },
  };
  await test.keyholder.tick();
  return test;
}

function open(
  test: () => TestKeyholder,
  settings: StoreSettings,
  folder: string,
  clock: SplitClock,
  mailer: Mailer,
): Promise<Keyholder> {
  return openKeyholder({
    folder,
    settings,
    clock,
    mailer,
    publicUrl: "http://localhost:8420",
    postProbe: async (nonce) => {
      if (!test().isReachable) throw new Error("unreachable");
      const { echo } = await test().keyholder.handlers.probe({ nonce }, { caller: "api", requestId: "probe" });
      return echo;
    },
    onError: (error) => test().errors.push(error),
    onCommitStep: (step) => test().onCommitStep(step),
  });
}

/** Runs a test with a keyholder that is closed afterwards, whatever happens. */
export async function withKeyholder(
  work: (test: TestKeyholder) => Promise<void>,
  settings: StoreSettings = demo,
): Promise<void> {
  const test = await aKeyholder(settings);
  try {
    await work(test);
  } finally {
    await test.close();
  }
}
