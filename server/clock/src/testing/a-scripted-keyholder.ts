import { encodeBase64url, newId, randomBytes } from "@afterkeep/bytes";
import { keyholderContract } from "@afterkeep/contracts";
import { generateSigningKey, sign, thumb } from "@afterkeep/crypto";
import { serveZone } from "@afterkeep/platform";
import type { TestMachine } from "@afterkeep/platform/testing";
import { signedStatement, type StatementBody, type StatementSigner } from "@afterkeep/statements";
import type { FreezeOrder, KeyholderClient, KeyholderInfo, KeyholderSwitch } from "../zone-clients.ts";

type Noted = Parameters<KeyholderClient["reminderAccepted"]>[0];

/**
 * What the keyholder says, as a test writes it: real signatures over the real transport, so that forged and stale words can be said
 * too. The keyholder's own rules are tested with the keyholder.
 */
export type ScriptedKeyholder = {
  info: KeyholderInfo;
  signer: StatementSigner;
  /** Everything that it is asked for goes through this first; throw to be unreachable. */
  beforeAnswer: (method: string, request?: unknown) => Promise<void>;
  switches: KeyholderSwitch[];
  noted: Noted[];
  minted: string[];
  orders: FreezeOrder[];
  /** What it says that its wall shows: the machine's, unless a test says otherwise. */
  nowWallMs: () => number;
  /** Puts a switch in place of the one of its bequest, with the next revision. */
  say(change: Partial<KeyholderSwitch> & { b: string; account: string }): KeyholderSwitch;
  close(): Promise<void>;
};

export async function aScriptedKeyholder(machine: TestMachine, nowWallMs: () => number): Promise<ScriptedKeyholder> {
  const key = generateSigningKey();
  const keyholder: ScriptedKeyholder = {
    info: infoOf(key.publicKey),
    signer: { publicKey: key.publicKey, sign: (bytes) => sign(bytes, key) },
    beforeAnswer: async () => {},
    switches: [],
    noted: [],
    minted: [],
    orders: [],
    nowWallMs,
    say: (change) => {
      const old = keyholder.switches.find(({ b }) => b === change.b) ?? aSwitch;
      const said = { ...old, ...change, revision: Math.max(0, ...keyholder.switches.map((s) => s.revision)) + 1 };
      keyholder.switches = [...keyholder.switches.filter(({ b }) => b !== change.b), said];
      return said;
    },
    close: () => server.close(),
  };
  const server = await serveZone(keyholderContract, {
    zone: await machine.zone("keyholder"),
    handlers: handlersOf(keyholder),
  });
  return keyholder;
}

function handlersOf(keyholder: ScriptedKeyholder) {
  const unasked = () => {
    throw new Error("the clock never asks for this");
  };
  return {
    info: async () => {
      await keyholder.beforeAnswer("info");
      return keyholder.info;
    },
    switches: async (request: SwitchesRequest) => {
      await keyholder.beforeAnswer("switches", request);
      const after = "after" in request ? request.after : 0;
      const items = keyholder.switches
        .filter((item) => item.revision > after && isAskedFor(item, request))
        .sort((a, b) => a.revision - b.revision)
        .slice(0, "after" in request ? request.limit : undefined);
      const newest = Math.max(0, ...keyholder.switches.map(({ revision }) => revision));
      return {
        items,
        cursor: items.at(-1)?.revision ?? Math.min(after, newest),
        nowWallMs: keyholder.nowWallMs(),
        attendedMs: 0,
      };
    },
    mintToken: async () => {
      await keyholder.beforeAnswer("mintToken");
      const token = encodeBase64url(randomBytes(32));
      keyholder.minted.push(token);
      return { token };
    },
    reminderAccepted: async (reminder: Noted) => {
      await keyholder.beforeAnswer("reminderAccepted", reminder);
      keyholder.noted.push(reminder);
      return { noted: true };
    },
    showReceipt: async () => {
      await keyholder.beforeAnswer("showReceipt");
      return { isProof: false };
    },
    outages: unasked,
    run: unasked,
    freezeState: unasked,
    orderFreeze: unasked,
    freezeOrders: async () => {
      await keyholder.beforeAnswer("freezeOrders");
      return { orders: keyholder.orders };
    },
    challenge: unasked,
    delegateChallenge: unasked,
    attest: unasked,
    submit: unasked,
    statements: unasked,
    compareAccounts: unasked,
    compareWhole: unasked,
    importStatements: unasked,
    submitToken: unasked,
    depositKey: unasked,
    deposit: unasked,
    depositContact: unasked,
    prove: unasked,
    grant: unasked,
    proveToAsk: unasked,
    ask: unasked,
    probe: unasked,
  };
}

type SwitchesRequest = Parameters<KeyholderClient["switches"]>[0];

function isAskedFor({ account, b }: KeyholderSwitch, request: SwitchesRequest): boolean {
  if ("account" in request) return account === request.account;
  return !("bequests" in request) || request.bequests.some((one) => one.account === account && one.b === b);
}

function infoOf(publicKey: Uint8Array): KeyholderInfo {
  return {
    publicKey: encodeBase64url(publicKey),
    thumb: thumb(publicKey),
    nextKey: encodeBase64url(randomBytes(32)),
    mode: "real",
    factor: 1,
    probe: "self",
    epoch: 1,
  };
}

const someHash = encodeBase64url(new Uint8Array(32).fill(7));
const aSwitch: KeyholderSwitch = {
  account: newId(1),
  b: newId(2),
  g: 1,
  state: "armed",
  policyHash: someHash,
  revision: 1,
  lastSign: encodeBase64url(new Uint8Array(32).fill(8)),
  used: 0,
  left: 1000,
  earliestWallMs: Date.UTC(2027, 4, 6, 7, 8),
  wakeWallMs: 0,
  remindersDue: [],
  lastCall: "none",
  release: "",
  slots: [],
  waitsFor: "",
  requests: [],
  cooling: [],
  heldAfter: [],
};

export async function aRelease(
  signer: StatementSigner,
  said: Pick<KeyholderSwitch, "account" | "b" | "g" | "policyHash" | "lastSign">,
  recipients: string[],
  change: Partial<StatementBody<"release">> = {},
): Promise<{ jws: string; decisionId: string }> {
  const decisionId = change.decisionId ?? newId(5);
  const body: StatementBody<"release"> = {
    account: said.account,
    b: said.b,
    g: said.g,
    decisionId,
    policyHash: said.policyHash,
    manifestHash: someHash,
    trigger: "silence",
    lastSign: said.lastSign,
    decidedAt: Date.UTC(2027, 4, 7, 9, 30),
    recipients: recipients.map((r) => ({ r, delay: 0 })),
    epoch: 1,
    mode: "real",
    ...change,
  };
  return { jws: (await signedStatement("release", body, signer)).jws, decisionId };
}

export async function aWithdrawal(
  signer: StatementSigner,
  place: { account: string; b: string; g: number; r: string; decisionId: string },
): Promise<string> {
  return (await signedStatement("withdrawn", { ...place, sign: someHash, at: 9 }, signer)).jws;
}
