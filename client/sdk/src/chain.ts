import { decodeBase64url } from "@afterkeep/bytes";
import {
  type AccountView,
  type ChainTrust,
  controlKinds,
  extendChain,
  openStatement,
  StatementError,
  statementIdOf,
  statementKindOf,
  verifyChain,
} from "@afterkeep/statements";
import { dayMs } from "@afterkeep/switch";
import { requestChallenge } from "./challenge.ts";
import { changeProfile, type Device, readProfile } from "./device.ts";
import { RefusedError } from "./errors.ts";
import type { KnownChain } from "./known-chain.ts";
import { type ChainHead, laterHead, type PinnedKeyholder } from "./profile.ts";
import { keyholderKey, pinnedKeyholder } from "./server-info.ts";

/** How long one lasts (specs/statements.md, Challenge). */
const checkInChallengeMs = 600_000;

/**
 * Reads the account's control chain and verifies it: signatures, order, audience, the owner key this device knows, and that it still
 * contains the head this device saw last. Of what was verified before, only its last statement is read again: it must still be there.
 * Where the keyholder signs that its own chain is an older one by now, that is adopted, and `restored` of the profile says so from then on.
 */
export async function readChain(device: Device): Promise<AccountView> {
  const profile = await readProfile(device);
  if (profile.account === "")
    throw new RefusedError("locked", "Nobody is signed in on this device.", { next: "Sign in." });
  const keyholder = await pinnedKeyholder(device);
  const trust: ChainTrust = {
    account: profile.account,
    keyholder: keyholder.thumb,
    ...(profile.ownerThumb === "" ? {} : { trustedOwnerThumb: profile.ownerThumb }),
  };
  const known = (await readOn(device, trust)) ?? (await readWhole(device, trust));
  const isWhole = contains(known.view, profile.head);
  const chain = isWhole ? known : await readRestored(device, trust, keyholder, profile.head);
  const view = withoutRevoked(chain.view, chain.revocations, trust);
  device.memory.chain = chain;
  await changeProfile(device, ({ head }) => ({ head: laterHead(head, view.head), ownerThumb: view.ownerThumb }));
  return view;
}

/**
 * Reads again what lacked a head that this device has seen. Asking for a challenge has the server take back from the keyholder what it lost alone. Where
 * it still lacks, the keyholder's own fresh word decides: a chain that ends where the keyholder's does was restored with it, and must be gone on
 * with, or a living owner could never check in again; any other is the server's doing.
 */
async function readRestored(
  device: Device,
  trust: ChainTrust,
  keyholder: PinnedKeyholder,
  head: ChainHead | null,
): Promise<KnownChain> {
  const { body } = await requestChallenge(device, {
    keyholder,
    account: trust.account,
    purpose: "checkin",
    view: null,
  });
  const chain = await readWhole(device, trust);
  if (contains(chain.view, head)) return chain;
  const own = chain.view.head;
  const isKeyholders = body.head.seq === own.seq && body.head.id === own.id;
  if (!isKeyholders || !(await isGivenNow(device, body.expires))) throw olderChain();
  // Why the labels too: those of today are older than what was seen, and an owner must be able to look at them.
  await changeProfile(device, () => ({
    head: own,
    labels: {},
    restored: { lostUpTo: own.seq, isChainOlder: true, epoch: null, isSeen: false },
  }));
  return chain;
}

/**
 * Whether a challenge for a check-in that ends at `expires` was given now. Why not by the server's time: it could show that of the day from which it plays a
 * challenge back. It must be younger than whatever the keyholder told this device before, and where days are real, of this day by the device's own clock.
 */
async function isGivenNow(device: Device, expires: number): Promise<boolean> {
  const { lastReceipt, keyholder } = await readProfile(device);
  if (keyholder === null) return false;
  const lastAt = lastReceipt === "" ? 0 : openStatement("receipt", lastReceipt, keyholderKey(keyholder)).body.at;
  const isYounger = expires - checkInChallengeMs > lastAt;
  return isYounger && (keyholder.mode !== "real" || Math.abs(expires - device.now()) < dayMs);
}

/**
 * What stands beside the chain is folded after it. Why that is the same: a device that was taken away is never certified again, so the
 * order does not matter; of what cooled and went with it, a reader only ever knows that it may have. A server that withholds one shows a device too many here; its check-ins are the keyholder's to refuse.
 */
function withoutRevoked(view: AccountView, revocations: readonly string[], trust: ChainTrust): AccountView {
  return refusing(() => revocations.reduce((before, jws) => extendChain(before, jws, trust), view));
}

async function readWhole(device: Device, trust: ChainTrust): Promise<KnownChain> {
  const { statements, revocations } = await fetchStatements(device, -1);
  const view = verifyOwnChain(statements, trust);
  return { view, count: statements.length, last: statements.at(-1) ?? "", revocations };
}

/** null where what is known does not go on: then the whole chain is read, and says why. */
async function readOn(device: Device, trust: ChainTrust): Promise<KnownChain | null> {
  const known = device.memory.chain;
  if (known === null || known.view.account !== trust.account) return null;
  const { statements, revocations } = await fetchStatements(device, known.count - 2);
  const [last, ...more] = statements;
  if (last !== known.last) return null;
  try {
    const view = more.reduce((before, jws) => extendChain(before, jws, trust), known.view);
    const isTrusted = view.keyholder === trust.keyholder && view.ownerThumb === (trust.trustedOwnerThumb ?? "");
    return isTrusted ? { view, count: known.count + more.length, last: more.at(-1) ?? last, revocations } : null;
  } catch (error) {
    if (error instanceof StatementError) return null;
    throw error;
  }
}

/** Whether `head`, seen earlier, is part of the chain: else somebody took statements back. */
export function contains(view: AccountView, head: ChainHead | null): boolean {
  return head === null || view.ids[head.seq] === head.id;
}

function olderChain(): RefusedError {
  return new RefusedError(
    "chain-invalid",
    "The server shows an older state of your statements than this device has seen.",
    {
      next: "The server may have been restored from a backup. Ask whoever runs it; nothing was changed.",
    },
  );
}

/** When the owner signed the head of a chain that was verified, ms by their own clock. */
export function headSignedAt(statements: readonly string[], view: AccountView): number {
  const head = statements.findLast((jws) => statementIdOf(jws) === view.head.id) ?? "";
  const kind = controlKinds.find((one) => one === statementKindOf(head)) ?? "key";
  return openStatement(kind, head, decodeBase64url(view.ownerKey)).body.iat * 1000;
}

/** verifyChain, with failures as a refusal. */
export function verifyOwnChain(statements: readonly string[], trust: Parameters<typeof verifyChain>[1]): AccountView {
  return refusing(() => verifyChain(statements, trust));
}

function refusing(verify: () => AccountView): AccountView {
  try {
    return verify();
  } catch (error) {
    if (!(error instanceof StatementError)) throw error;
    const isOwnerChanged = error.code === "owner-untrusted" || error.code === "key-changed";
    throw new RefusedError(
      isOwnerChanged ? "owner-key-changed" : "chain-invalid",
      "The signed statements from the server do not verify.",
      { next: "Do not rely on this server until this is explained.", cause: error },
    );
  }
}

/** The statements that come after the one at `after`, -1 for all. */
async function fetchStatements(
  device: Device,
  after: number,
): Promise<{ statements: string[]; revocations: readonly string[] }> {
  const statements: string[] = [];
  let revocations: readonly string[] = [];
  for (let isMore = true; isMore;) {
    const page = await device.transport.call("listStatements", { query: { after: after + statements.length } });
    statements.push(...page.statements);
    revocations = page.revocations;
    isMore = page.more && page.statements.length > 0;
  }
  return { statements, revocations };
}
