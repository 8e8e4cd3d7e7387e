import type { StatementBody } from "@afterkeep/statements";
import type { Clock, Mailer } from "@afterkeep/platform";
import type { Chains } from "./accept/chains.ts";
import type { Challenges } from "./accept/challenges.ts";
import type { DepositKeys } from "./deposit/deposit-keys.ts";
import type { RecentDeposits } from "./deposit/recent-deposits.ts";
import type { FreezeChallenge } from "./freeze/freeze-challenge.ts";
import type { KeyholderKeys } from "./keys/key-files.ts";
import type { Proofs } from "./release/proofs.ts";
import type { SharedCommit } from "./store/shared-commit.ts";
import type { Store, StoreSettings } from "./store/store.ts";
import type { AttendedTime } from "./time/attended-time.ts";
import type { OutsideClock } from "./time/outside-clock.ts";
import type { Pace } from "./time/pace.ts";
import type { Probe } from "./time/probe.ts";

export type HoldReason = "restored" | "clock";

/** What the keyholder's operations work with. Nothing in it comes from another zone. */
export type KeyholderParts = {
  readonly store: Store;
  readonly sharedCommit: SharedCommit;
  readonly keys: KeyholderKeys;
  readonly clock: Clock;
  /** Real time in every mode: how old messages are, and how long this process may work before it serves again. */
  readonly realClock: Clock;
  readonly time: AttendedTime;
  readonly pace: Pace;
  readonly probe: Probe;
  readonly outsideClock: OutsideClock | null;
  readonly probeKind: StatementBody<"receipt">["probe"];
  readonly settings: StoreSettings;
  readonly publicUrl: string;
  /** Null when no SMTP server is configured: last calls then wait. */
  readonly mailer: Mailer | null;
  readonly chains: Chains;
  readonly challenges: Challenges;
  readonly depositKeys: DepositKeys;
  readonly recentDeposits: RecentDeposits;
  readonly proofs: Proofs;
  /** Public keys of those who can freeze everything, two of them together. */
  readonly operators: readonly Uint8Array[];
  readonly freezeChallenge: FreezeChallenge;
  /** Hears of what failed and keeps nothing else waiting. */
  readonly onError: (error: unknown) => void;
  /** Hears that everything is held from now on, and why: an older store was put in place, or the clock had been wrong for long. */
  readonly onHold: (why: HoldReason) => void;
};
