import { type AccountView, extendChain, signedStatement, type StatementBody } from "@afterkeep/statements";
import { requestChallenge } from "./challenge.ts";
import { readChain } from "./chain.ts";
import { changeProfile, type Device, readProfile } from "./device.ts";
import { ChainMovedError, ProblemError, RefusedError } from "./errors.ts";
import { ownerSigner } from "./owner.ts";
import type { OwnerKeys } from "./owner-keys.ts";
import { type ControlCall, laterHead } from "./profile.ts";
import type { AcceptedReceipt } from "./receipt.ts";
import { pinnedKeyholder } from "./server-info.ts";
import { expectNoneRestored } from "./restored.ts";
import { resendUnreceipted, haveReceipted } from "./unreceipted.ts";

export type ControlKind = "key" | "delegate" | "pin" | "policy" | "manifest";
type Placed = "aud" | "account" | "challenge" | "seq" | "prev" | "iat";

/** What a control statement says, without its place in the chain, which is filled in when it is signed. */
export type ControlContent<K extends ControlKind> = Omit<StatementBody<K>, Placed>;

export type ControlResult = AcceptedReceipt & { readonly view: AccountView; readonly statement: string };

/** How the signed statement travels. */
type CallOf = (jws: string) => ControlCall;

type Ways<K extends ControlKind> = {
  readonly callOf?: CallOf;
  /** Adds what another key than the owner's says of the whole body; the owner's signs it after that. */
  readonly complete?: (body: StatementBody<K>) => Promise<StatementBody<K>>;
};

const maxAttempts = 4;
/** Of these no more than one a bequest cools, and there are sixty bequests at most. */
const armedKept = 256;

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
  ways: Ways<K> = {},
): Promise<ControlResult> {
  await resendUnreceipted(device);
  for (let attempt = 1; ; attempt++) {
    try {
      const view = await readChain(device);
      await expectNoneRestored(device);
      return await submitAtHead(device, keys, kind, view, await makeContent(view), ways);
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
  { callOf = statementAlone(kind), complete = async (body) => body }: Ways<K>,
): Promise<ControlResult> {
  const keyholder = await pinnedKeyholder(device);
  const trust = { keyholder, account: keys.account, purpose: "control", view } as const;
  const { body: challenge, head } = await requestChallenge(device, trust);
  // Why: what the server showed is not all that there is, and a statement signed at its end would be a fork of the chain in its hands.
  if (head === "ahead") throw new ChainMovedError();
  const place = {
    aud: keyholder.thumb,
    account: keys.account,
    challenge: challenge.challenge,
    seq: view.head.seq + 1,
    prev: view.head.id,
    iat: Math.floor(device.now() / 1000),
  };
  const body = await complete({ ...content, ...place } as StatementBody<K>);
  const statement = await signedStatement(kind, body, ownerSigner(keys));
  // Invariant: what the fold refuses is never sent; the keyholder would refuse it too.
  const extended = extendChain(view, statement.jws, { account: keys.account, keyholder: keyholder.thumb });
  const { seen } = await readProfile(device);
  const { account } = keys;
  const sent = { account, statement: statement.id, nonce: challenge.challenge, seen, call: callOf(statement.jws) };
  // Why before it is sent: where the answer is lost, it may cool all the same.
  if (kind === "policy")
    await changeProfile(device, ({ armed }) => ({ armed: [...armed, statement.id].slice(-armedKept) }));
  const accepted = await haveReceipted(device, sent, extended);
  await changeProfile(device, ({ head }) => ({ head: laterHead(head, extended.head) }));
  return { ...accepted, view: extended, statement: statement.id };
}

function statementAlone(kind: ControlKind): CallOf {
  return (statement) => {
    if (kind === "manifest") throw new RefusedError("conflict", "A manifest travels with its body.");
    return { name: "submitStatement", body: { kind, statement } };
  };
}

/** Only a head that moved can be answered by signing again; every other conflict means something and is shown. */
function isConflict(error: unknown): boolean {
  if (error instanceof ChainMovedError) return true;
  return error instanceof ProblemError && (error.code === "head-stale" || error.code === "statement-chain-conflict");
}
