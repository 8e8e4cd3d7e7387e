import {
  type AccountView,
  extendChain,
  type OpenedStatement,
  signedStatement,
  type StatementBody,
} from "@afterkeep/statements";
import { requestChallenge } from "./challenge.ts";
import { readChain } from "./chain.ts";
import { changeProfile, type Device, readProfile } from "./device.ts";
import { ChainMovedError, ProblemError, RefusedError, UnavailableError } from "./errors.ts";
import { type OwnerKeys, ownerSigner } from "./owner.ts";
import { type AcceptedReceipt, acceptReceipt, changeFailure, expectAnswer } from "./receipt.ts";
import { pinnedKeyholder } from "./server-info.ts";

export type ControlKind = "key" | "pin" | "policy" | "manifest";
type Placed = "aud" | "account" | "challenge" | "seq" | "prev" | "iat";

/** What a control statement says, without its place in the chain, which is filled in when it is signed. */
export type ControlContent<K extends ControlKind> = Omit<StatementBody<K>, Placed>;

export type ControlResult = AcceptedReceipt & { readonly view: AccountView; readonly statement: string };

/** Sends a signed statement; answers the keyholder's receipt. */
export type SendStatement = (jws: string) => Promise<{ readonly receipt: string }>;

const maxAttempts = 4;

/**
 * Signs a statement at the head of the verified chain and has it receipted. If another device was faster, the chain is read and
 * verified again, `makeContent` decides again on what it then says, and it is signed anew; a few times at most.
 *
 * Why decided again: signing the old content at a new head would undo what the other device just did without anybody seeing it.
 */
export async function submitControl<K extends ControlKind>(
  device: Device,
  keys: OwnerKeys,
  kind: K,
  makeContent: (view: AccountView) => Promise<ControlContent<K>> | ControlContent<K>,
  send: SendStatement = sendStatement(device, kind),
): Promise<ControlResult> {
  for (let attempt = 1; ; attempt++) {
    try {
      const view = await readChain(device);
      return await submitAtHead(device, keys, kind, view, await makeContent(view), send);
    } catch (error) {
      if (!isConflict(error)) throw error;
      if (attempt >= maxAttempts) throw new ChainMovedError(error);
    }
  }
}

async function submitAtHead<K extends ControlKind>(
  device: Device,
  keys: OwnerKeys,
  kind: K,
  view: AccountView,
  content: ControlContent<K>,
  send: SendStatement,
): Promise<ControlResult> {
  const keyholder = await pinnedKeyholder(device);
  const trust = { keyholder, account: keys.account, purpose: "control", view } as const;
  const { body: challenge } = await requestChallenge(device, trust);
  const place = {
    aud: keyholder.thumb,
    account: keys.account,
    challenge: challenge.challenge,
    seq: view.head.seq + 1,
    prev: view.head.id,
    iat: Math.floor(device.now() / 1000),
  };
  const statement = await signedStatement(kind, { ...content, ...place } as StatementBody<K>, ownerSigner(keys));
  // Invariant: what the fold refuses is never sent; the keyholder would refuse it too.
  const extended = extendChain(view, statement.jws, { account: keys.account, keyholder: keyholder.thumb });
  return { ...(await receiptOf(device, keys, statement, extended, send)), view: extended, statement: statement.id };
}

async function receiptOf<K extends ControlKind>(
  device: Device,
  keys: OwnerKeys,
  statement: OpenedStatement<K>,
  view: AccountView,
  send: SendStatement,
): Promise<AcceptedReceipt> {
  const { seen } = await readProfile(device);
  const { receipt } = await expectAnswer(changeFailure, () => sendAgainOnce(send, statement.jws));
  const accepted = await acceptReceipt(device, receipt, {
    keyholder: await pinnedKeyholder(device),
    account: keys.account,
    statement: statement.id,
    nonce: challengeOf(statement),
    seen,
    sign: "signed",
    view,
    failure: changeFailure,
  });
  await changeProfile(device, () => ({ head: view.head }));
  return accepted;
}

/**
 * Why again: where the keyholder accepted and its answer was lost, the very same statement gets the same receipt, and the server's copy is made
 * whole by it. A new statement would leave a hole.
 */
async function sendAgainOnce(send: SendStatement, jws: string): ReturnType<SendStatement> {
  try {
    return await send(jws);
  } catch (error) {
    if (error instanceof UnavailableError) return send(jws);
    throw error;
  }
}

function challengeOf(statement: OpenedStatement<ControlKind>): string {
  return statement.body.challenge;
}

function sendStatement(device: Device, kind: ControlKind): SendStatement {
  return async (statement) => {
    if (kind === "manifest") throw new RefusedError("conflict", "A manifest travels with its body.");
    return device.transport.call("submitStatement", { body: { kind, statement } });
  };
}

/** Only a head that moved can be answered by signing again; every other conflict means something and is shown. */
function isConflict(error: unknown): boolean {
  if (error instanceof ChainMovedError) return true;
  return error instanceof ProblemError && (error.code === "head-stale" || error.code === "statement-chain-conflict");
}
