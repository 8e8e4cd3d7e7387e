import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { encodeBase64url } from "@afterkeep/bytes";
import type { keyholderContract } from "@afterkeep/contracts";
import { type Clock, type KeySeal, type Mailer, noKeySeal, type ZoneHandlers } from "@afterkeep/platform";
import { isFrozen } from "@afterkeep/switch";
import { mintToken, submitToken } from "./accept/accept-token.ts";
import { attest } from "./accept/attest.ts";
import { Chains } from "./accept/chains.ts";
import { Challenges } from "./accept/challenges.ts";
import { compareAccounts, compareWhole } from "./accept/compare-accounts.ts";
import { hearAlone, hearTogether } from "./accept/hear-or-note.ts";
import { importStatements } from "./accept/import-statements.ts";
import { issueChallenge, issueDelegateChallenge } from "./accept/issue-challenge.ts";
import { listAccepted } from "./accept/list-accepted.ts";
import { showReceipt } from "./accept/show-receipt.ts";
import { submit } from "./accept/submit.ts";
import { holdEverything } from "./decide/hold-everything.ts";
import { callOwners, type UnderWay } from "./decide/call-owners.ts";
import { tick } from "./decide/tick.ts";
import { DepositKeys } from "./deposit/deposit-keys.ts";
import { importContact } from "./deposit/import-contact.ts";
import { importDeposit } from "./deposit/import-deposit.ts";
import { issueDepositKey } from "./deposit/issue-deposit-key.ts";
import { RecentDeposits } from "./deposit/recent-deposits.ts";
import { FreezeChallenge } from "./freeze/freeze-challenge.ts";
import { noteGap, passFreeze } from "./freeze/freeze-everything.ts";
import { freezeState } from "./freeze/freeze-state.ts";
import { listOrders } from "./freeze/list-orders.ts";
import { readOperators } from "./freeze/operators.ts";
import { orderFreeze } from "./freeze/order-freeze.ts";
import { openKeys } from "./keys/key-files.ts";
import { writePrivateFileNow } from "./keys/private-file.ts";
import type { HoldReason, KeyholderParts } from "./parts.ts";
import { ask, proveToAsk } from "./release/ask.ts";
import { grant } from "./release/grant.ts";
import { Proofs } from "./release/proofs.ts";
import { prove } from "./release/prove.ts";
import { readEpoch } from "./store/epoch.ts";
import { readFreeze } from "./store/freeze.ts";
import { addOutage, listOutages } from "./store/outages.ts";
import { SharedCommit } from "./store/shared-commit.ts";
import { type CommitStep, Store, type StoreSettings } from "./store/store.ts";
import { listSwitches } from "./switches/list-switches.ts";
import { noteReminder } from "./switches/note-reminder.ts";
import { AttendedTime, type OnShortWeek } from "./time/attended-time.ts";
import type { OutsideClock } from "./time/outside-clock.ts";
import { type Pace, paceOf } from "./time/pace.ts";
import { type PostProbe, Probe } from "./time/probe.ts";
import { probeKindOf } from "./time/probe-kind.ts";

export type KeyholderOptions = {
  /** The keyholder's private folder (0700). */
  readonly folder: string;
  /** How the key files are kept; as they are if absent, which production never does. */
  readonly keySeal?: KeySeal;
  readonly settings: StoreSettings;
  readonly clock: Clock;
  /**
   * Ages challenges, one-time keys and proofs. They bound how long a message may be under way, which a demo's faster days do not
   * shorten; real time in every mode. `clock` if absent.
   */
  readonly messageClock?: Clock;
  readonly mailer: Mailer | null;
  readonly publicUrl: string;
  /** Public keys (base64url) of the operators, two of whom can freeze everything; none if absent. */
  readonly operators?: readonly string[];
  readonly postProbe: PostProbe;
  /** What a wall clock that was in doubt must agree with; null or absent: it is believed once it has caught up. */
  readonly outsideClock?: OutsideClock | null;
  readonly onError?: (error: unknown) => void;
  /** Whoever runs the machine must be told: until its owner signs, nothing opens for months. */
  readonly onHold?: (why: HoldReason) => void;
  /** And that fewer dates hold than people were told: less of a week was attended than is enough; or enough again. */
  readonly onShortWeek?: OnShortWeek;
  /** Only a test stops a commit between its steps. */
  readonly onCommitStep?: (step: CommitStep) => void;
  /** Real ms for which a turn of calls waits for its mails; five seconds if absent. */
  readonly callTurnMs?: number;
  /** A simulation's own, which may let one step stand for many idle ones. The factor's if absent. */
  readonly paceForTestsOnly?: Pace;
};

/** A running keyholder: what it answers to other zones, and the tick that its timer calls. */
export type Keyholder = {
  readonly handlers: ZoneHandlers<typeof keyholderContract>;
  readonly realTickMs: number;
  tick(): Promise<void>;
  /** Its second timer: sends the last calls that are due. */
  callOwners(): Promise<void>;
  /** Once every call that is on its way has come to an end and is written down: before that, nothing may be closed. */
  called(): Promise<void>;
  close(): void;
};

const callTurnMs = 5_000;

/** Opens the keyholder that lives in `folder`, making its keys and store at the first start. */
export async function openKeyholder(options: KeyholderOptions): Promise<Keyholder> {
  const keys = await openKeys(options.folder, options.keySeal ?? noKeySeal);
  const store = new Store(options.folder, options.settings, options.onCommitStep);
  const parts = assemble(options, keys, store);
  // Why before any other commit: each writes the mark beside the store anew, and after a crash nothing would tell of the restore.
  if (store.isRestored) holdEverything(parts);
  // Why before anything is answered: from here on there is a wall time to speak of, and no credit for the time before.
  parts.time.advance();
  const info = describe(parts);
  writePrivateFileNow(join(options.folder, "public.json"), JSON.stringify({ fingerprint: info.thumb, ...info }));
  const underWay: UnderWay = new Map();
  return {
    handlers: handlersOf(parts),
    realTickMs: parts.pace.realTickMs,
    tick: () => tick(parts),
    callOwners: () => callOwners(parts, underWay, options.callTurnMs ?? callTurnMs),
    called: async () => void (await Promise.all(underWay.values())),
    close: () => store.close(),
  };
}

function assemble(options: KeyholderOptions, keys: KeyholderParts["keys"], store: Store): KeyholderParts {
  const { clock, settings, publicUrl, mailer } = options;
  const messageClock = options.messageClock ?? clock;
  const pace = options.paceForTestsOnly ?? paceOf(settings.factor);
  const outsideClock = options.outsideClock ?? null;
  const probe = new Probe(options.postProbe, clock, pace.probeValidMs);
  const time = new AttendedTime(store, clock, pace, {
    isProbed: (monotonicMs) => probe.isGoodAt(monotonicMs),
    isFrozen: () => isFrozen(readFreeze(store)),
    onFrozenTime: (ms, attendedMs) => passFreeze(store, ms, attendedMs),
    judgeWall: outsideClock === null ? null : (reading) => outsideClock.judge(reading),
    onGap: (lengthMs, attendedMs) => noteGap(store, lengthMs, attendedMs),
    onUncounted: (outage) => addOutage(store, outage),
    onShortWeek: options.onShortWeek ?? (() => {}),
    onError: options.onError ?? (() => {}),
  });
  return {
    store,
    sharedCommit: new SharedCommit(store, time),
    keys,
    clock,
    realClock: messageClock,
    pace,
    probe,
    probeKind: probeKindOf(publicUrl),
    outsideClock,
    time,
    settings,
    publicUrl,
    mailer,
    chains: new Chains(store, keys.thumb),
    challenges: new Challenges(messageClock),
    depositKeys: new DepositKeys(messageClock),
    recentDeposits: new RecentDeposits(messageClock),
    proofs: new Proofs(messageClock),
    operators: readOperators(options.operators ?? []),
    freezeChallenge: new FreezeChallenge(messageClock),
    onError: options.onError ?? (() => {}),
    onHold: options.onHold ?? (() => {}),
  };
}

function describe({ keys, settings, probeKind, store }: KeyholderParts) {
  return {
    publicKey: encodeBase64url(keys.signing.publicKey),
    thumb: keys.thumb,
    nextKey: keys.nextKey,
    mode: settings.mode,
    factor: settings.factor,
    probe: probeKind,
    epoch: readEpoch(store),
  };
}

function handlersOf(parts: KeyholderParts): ZoneHandlers<typeof keyholderContract> {
  const run = randomUUID();
  return {
    info: () => describe(parts),
    run: () => ({ run, epoch: readEpoch(parts.store) }),
    challenge: ({ account, purpose }) => issueChallenge(parts, account, purpose),
    delegateChallenge: (delegate) => issueDelegateChallenge(parts, delegate),
    showReceipt: ({ receipt }) => showReceipt(parts, receipt),
    // Why only signs of life: a chain that is kept in memory must never be ahead of the disk.
    submit: ({ kind, statement }) =>
      kind === "checkin"
        ? hearTogether(parts, (onVerified) => submit(parts, kind, statement, onVerified))
        : hearAlone(parts, (onVerified) => submit(parts, kind, statement, onVerified)),
    statements: (selection) => listAccepted(parts, selection),
    compareAccounts: ({ accounts }) => compareAccounts(parts, accounts),
    compareWhole: ({ accounts }) => compareWhole(parts, accounts),
    importStatements: (lost) => importStatements(parts, lost),
    submitToken: (link) => hearTogether(parts, (onVerified) => submitToken(parts, link, onVerified)),
    attest: (signIn) => hearTogether(parts, (onVerified) => attest(parts, signIn, onVerified)),
    mintToken: ({ account }) => ({ token: mintToken(parts, account) }),
    depositKey: (place) => issueDepositKey(parts, place),
    deposit: (request) => importDeposit(parts, request),
    depositContact: ({ account, sealed }) => importContact(parts, account, sealed),
    switches: (selection) => listSwitches(parts, selection),
    reminderAccepted: (reminder) => noteReminder(parts, reminder),
    prove: (place) => prove(parts, place),
    grant: (request) => grant(parts, request),
    proveToAsk: (place) => proveToAsk(parts, place),
    ask: (request) => ask(parts, request),
    freezeState: () => freezeState(parts),
    orderFreeze: ({ statements }) => orderFreeze(parts, statements),
    freezeOrders: () => ({ orders: listOrders(parts.store) }),
    outages: () => ({ outages: listOutages(parts.store), attendedPercent: parts.time.shortPercent() }),
    probe: ({ nonce }) => parts.probe.arrive(nonce),
  };
}
