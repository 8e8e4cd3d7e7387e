import { decodeBase64url } from "@afterkeep/bytes";
import type { AccountView } from "./account-view.ts";
import { expectThat, StatementError } from "./errors.ts";
import { foldDelegate } from "./fold-delegate.ts";
import { foldDisarm } from "./fold-disarm.ts";
import { addDevices, expectSameKeys, expectSafeKeys } from "./fold-key.ts";
import { foldManifest } from "./fold-manifest.ts";
import { foldPause } from "./fold-pause.ts";
import { foldRefuse } from "./fold-refuse.ts";
import { foldRevokeDevice } from "./fold-revoke-device.ts";
import { foldPin } from "./fold-pin.ts";
import { foldPolicy } from "./fold-policy.ts";
import { openStatement, statementKindOf } from "./open.ts";
import type { OpenedStatement } from "./sign.ts";

/** Kinds that have a place in the control chain. */
export const controlKinds = ["key", "delegate", "pin", "policy", "manifest"] as const;
export type ControlKind = (typeof controlKinds)[number];

/** Kinds that stand beside it: they make a release later only, and never lose against another device's change. */
export const besideKinds = ["disarm", "pause", "refuse", "revoke-device"] as const;
export type BesideKind = (typeof besideKinds)[number];

export type ChainTrust = {
  readonly account: string;
  /** The thumb of the pinned keyholder. */
  readonly keyholder: string;
  /** The owner key's thumb where it is known already: from the keyring, an inner part, an earlier visit. */
  readonly trustedOwnerThumb?: string;
};

/**
 * Folds the whole chain of an account, genesis first, what stands beside it where it was accepted. Everything is untrusted until it is folded.
 * Throws StatementError on the first statement that does not hold; then nothing of the chain may be used.
 */
export function verifyChain(statements: readonly string[], trust: ChainTrust): AccountView {
  let view: AccountView | null = null;
  for (const jws of statements) view = extendChain(view, jws, trust);
  if (view === null) throw new StatementError("genesis", "the chain is empty");
  return view;
}

/**
 * Folds one more statement, of the chain or beside it; the given view stays as it was. Whether its challenge is fresh only the keyholder
 * can know, and it checks that itself.
 */
export function extendChain(view: AccountView | null, jws: string, trust: ChainTrust): AccountView {
  const kind = statementKindOf(jws);
  if (view === null) {
    expectThat(kind === "key", "genesis", "the chain begins with another statement");
    return foldGenesis(jws, trust);
  }
  expectThat(view.account === trust.account, "account");
  expectThat(view.keyholder === trust.keyholder, "audience");
  if (trust.trustedOwnerThumb !== undefined) expectThat(view.ownerThumb === trust.trustedOwnerThumb, "owner-untrusted");
  if (kind === "disarm") return foldDisarm(view, openBy(view, "disarm", jws));
  if (kind === "pause") return foldPause(view, openBy(view, "pause", jws));
  if (kind === "refuse") return foldRefuse(view, openBy(view, "refuse", jws));
  if (kind === "revoke-device") return foldRevokeDevice(view, openBy(view, "revoke-device", jws));
  expectThat(isControlKind(kind), "kind", "not part of the control chain");
  return foldControl(view, kind, jws);
}

function foldGenesis(jws: string, trust: ChainTrust): AccountView {
  const genesis = openStatement("key", jws, (_kid, { ownerKey }) => decodeBase64url(ownerKey));
  const { id, body } = genesis;
  expectThat(body.seq === 0, "chain-gap", "the chain does not begin with its genesis");
  expectAddressed(genesis, trust);
  if (trust.trustedOwnerThumb !== undefined) expectThat(genesis.kid === trust.trustedOwnerThumb, "owner-untrusted");
  expectSafeKeys(body);
  return {
    account: body.account,
    keyholder: body.aud,
    head: { seq: 0, id },
    ids: [id],
    ownerKey: body.ownerKey,
    ownerThumb: genesis.kid,
    revocationKey: body.revocationKey,
    identity: body.identity,
    epoch: body.epoch,
    keyring: body.keyring,
    devices: addDevices({ devices: new Map(), delegates: new Map(), revoked: new Map() }, body),
    delegates: new Map(),
    revoked: new Map(),
    deviceRevocations: [],
    pins: new Map(),
    policies: new Map(),
    manifests: new Map(),
    disarms: [],
    pauses: [],
    refusals: [],
  };
}

function foldControl(view: AccountView, kind: ControlKind, jws: string): AccountView {
  const statement = openBy(view, kind, jws);
  expectThat(!view.ids.includes(statement.id), "duplicate");
  const { seq, prev } = statement.body;
  expectThat(seq <= view.head.seq + 1, "chain-gap");
  expectThat(seq === view.head.seq + 1 && prev === view.head.id, "chain-conflict");
  const folded = foldBody(view, statement);
  return { ...folded, head: { seq, id: statement.id }, ids: [...view.ids, statement.id] };
}

function foldBody(view: AccountView, statement: OpenedStatement): AccountView {
  if (isOf("key", statement)) return foldKey(view, statement);
  if (isOf("delegate", statement)) return foldDelegate(view, statement);
  if (isOf("pin", statement)) return foldPin(view, statement);
  if (isOf("policy", statement)) return foldPolicy(view, statement);
  if (isOf("manifest", statement)) return foldManifest(view, statement);
  throw new StatementError("kind");
}

function foldKey(view: AccountView, { body }: OpenedStatement<"key">): AccountView {
  expectSameKeys(view, body);
  expectSafeKeys(body);
  return { ...view, keyring: body.keyring, devices: addDevices(view, body) };
}

/** Opens a statement that the owner key must have signed: no device and not the revocation key either. */
function openBy<K extends ControlKind | BesideKind>(view: AccountView, kind: K, jws: string): OpenedStatement<K> {
  const statement: OpenedStatement<K> = openStatement(kind, jws, decodeBase64url(view.ownerKey));
  const { account, aud } = statement.body;
  expectAddressed({ body: { account, aud } }, view);
  return statement;
}

function expectAddressed(
  { body }: { readonly body: { readonly account: string; readonly aud: string } },
  { account, keyholder }: { readonly account: string; readonly keyholder: string },
): void {
  expectThat(body.account === account, "account");
  expectThat(body.aud === keyholder, "audience");
}

function isControlKind(kind: string): kind is ControlKind {
  return controlKinds.some((one) => one === kind);
}

function isOf<K extends ControlKind>(kind: K, statement: OpenedStatement): statement is OpenedStatement<K> {
  return statement.kind === kind;
}
