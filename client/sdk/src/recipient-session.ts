import { parseId, type Id } from "@afterkeep/bytes";
import { type AgeIdentity, parseIdentity, recipientOf } from "@afterkeep/formats";
import { latestPin } from "@afterkeep/statements";
import type { SlotStage } from "@afterkeep/switch";
import { askablePolicies } from "./askable-policies.ts";
import { changeSecrets, type Device, readSecrets } from "./device.ts";
import { ProblemError, RefusedError } from "./errors.ts";
import { type KnownOwner, meetOwner, type RecipientAnswer, verifyOwner } from "./owner-memory.ts";
import type { Verified } from "./recipients.ts";

export type ReleaseInfo = {
  readonly b: Id;
  readonly g: number;
  readonly decisionId: Id;
  readonly stage: SlotStage;
  readonly releasedAt: number;
  readonly opensAt: number;
  /** While a weak sign of the owner's keeps it back: until when at least. The server's word. */
  readonly keptUntil?: number;
};

export type RecipientView = {
  readonly account: Id;
  readonly r: Id;
  readonly ownerName: string;
  readonly state: "invited" | "accepted";
  /** A copy of the key under a passphrase is on the server. */
  readonly hasSlot: boolean;
  readonly hasKeyHere: boolean;
  /**
   * The server shows less of what the owner signed than this device has seen: it was put back to a copy, or hides it. Say so. What is shown here is as the
   * older state says; a release opens only by what the keyholder signed since.
   */
  readonly isChainOlder: boolean;
  readonly ageKey: string;
  /** How the owner verified this key; empty while they have not pinned any. */
  readonly pinned: Verified | "";
  /** Whether the key that the owner signed is this recipient's own; null without a pin or without the key here. */
  readonly pinMatches: boolean | null;
  readonly releases: readonly ReleaseInfo[];
  /** What the owner's signed policies let this recipient ask for. */
  readonly mayAsk: readonly { readonly b: Id; readonly waitMs: number }[];
  /** What they asked; the server's word. `leftMs` attended, until it opens without an answer. */
  readonly requests: readonly { readonly b: Id; readonly isOpen: boolean; readonly leftMs: number }[];
};

/** Opens the token of an invitation or release mail. The link stays secret: whoever has it can pose as the address's owner. */
export async function openLink(device: Device, token: string): Promise<RecipientView> {
  const answer = await device.transport.call("openLink", { body: { token, channel: device.channel } });
  await changeSecrets(device, () => ({ recipientSession: { token: answer.token } }));
  return toView(device, answer.view);
}

/** The view of a session that is still alive; null if there is none. */
export async function resumeRecipient(device: Device): Promise<RecipientView | null> {
  try {
    return await readRecipientView(device);
  } catch (error) {
    if (error instanceof ProblemError && error.status === 401) return null;
    throw error;
  }
}

export async function readRecipientView(device: Device): Promise<RecipientView> {
  return toView(device, await device.transport.call("getRecipientView", {}));
}

export type RecipientContext = { readonly owner: KnownOwner; readonly answer: RecipientAnswer };

/** The verified owner and the server's answer, for whoever needs both. */
export async function readRecipient(device: Device): Promise<RecipientContext> {
  const answer = await device.transport.call("getRecipientView", {});
  return { owner: await knownOwner(device, answer), answer };
}

/**
 * Why not remembered while the key is elsewhere: key file and slot name the owner they were made for, and that is compared when the key is
 * brought here. Remembered before, somebody who poses as the owner once would be the owner on this device.
 */
async function knownOwner(device: Device, answer: RecipientAnswer): Promise<KnownOwner> {
  const isKeyElsewhere = answer.ageKey !== "" && (await findIdentity(device, answer)) === null;
  return isKeyElsewhere ? verifyOwner(device, answer, answer.chain) : meetOwner(device, answer, answer.chain);
}

function identityKey(place: { readonly account: string; readonly r: string }): string {
  return `${place.account}/${place.r}`;
}

/** This recipient's secret key on this device, or null. */
export async function findIdentity(device: Device, place: { account: string; r: string }): Promise<AgeIdentity | null> {
  const text = (await readSecrets(device)).recipientIdentities[identityKey(place)];
  return text === undefined ? null : parseIdentity(text);
}

/** The secret key, or RefusedError "locked". */
export async function requireIdentity(device: Device, place: { account: string; r: string }): Promise<AgeIdentity> {
  const identity = await findIdentity(device, place);
  if (identity !== null) return identity;
  throw new RefusedError("locked", "Your key is not on this device.", {
    next: "Enter your passphrase, or open the key file you saved when you accepted the invitation.",
  });
}

export async function saveIdentity(
  device: Device,
  place: { account: string; r: string },
  identity: AgeIdentity,
): Promise<void> {
  await changeSecrets(device, ({ recipientIdentities }) => ({
    recipientIdentities: { ...recipientIdentities, [identityKey(place)]: identity },
  }));
}

function askable(owner: KnownOwner): RecipientView["mayAsk"] {
  return [...owner.view.policies.keys()].flatMap((b) => {
    const [newest] = askablePolicies(owner, b);
    const wait = newest?.body.requests.find(({ r }) => r === owner.r)?.wait;
    return wait === undefined ? [] : [{ b: parseId(b), waitMs: wait }];
  });
}

async function toView(device: Device, answer: RecipientAnswer): Promise<RecipientView> {
  const owner = await knownOwner(device, answer);
  const identity = await findIdentity(device, answer);
  const own = identity === null ? null : await recipientOf(identity);
  const pin = latestPin(owner.view, answer.r)?.body ?? null;
  return {
    account: owner.account,
    r: owner.r,
    ownerName: answer.ownerName,
    state: answer.state,
    hasSlot: answer.slot !== "",
    hasKeyHere: own !== null && (answer.ageKey === "" || answer.ageKey === own),
    isChainOlder: owner.lacksSince !== null,
    ageKey: answer.ageKey,
    pinned: pin?.verified ?? "",
    pinMatches: pin === null || own === null ? null : pin.ageKey === own,
    releases: answer.releases.map((row) => ({ ...row, b: parseId(row.b), decisionId: parseId(row.decisionId) })),
    mayAsk: askable(owner),
    requests: answer.requests.map(({ b, stage, left }) => ({ b: parseId(b), isOpen: stage === "open", leftMs: left })),
  };
}
