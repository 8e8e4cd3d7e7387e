import { ConflictError, NotFoundError } from "@afterkeep/platform";
import { type AccountView, latestPin, zeroId } from "@afterkeep/statements";
import { speak } from "../keys/speak.ts";
import type { KeyholderParts } from "../parts.ts";
import { depositKeyLifeMs, type DepositPlace } from "./deposit-keys.ts";

/** A signed one-time key for one share, or, with b, g and r zero, for the owner's contact address. */
export async function issueDepositKey(parts: KeyholderParts, place: DepositPlace): Promise<{ depositKey: string }> {
  const view = getView(parts, place.account);
  if (!isContactPlace(place)) requirePin(view, place.r);
  const recipient = await parts.depositKeys.issue(place);
  return {
    depositKey: speak(parts.keys, "deposit-key", {
      ...place,
      recipient,
      expires: parts.clock.nowMs() + Math.ceil(depositKeyLifeMs * parts.settings.factor),
    }),
  };
}

export function contactPlace(account: string): DepositPlace {
  return { account, b: zeroId, g: 0, r: zeroId };
}

export function getView(parts: KeyholderParts, account: string): AccountView {
  const view = parts.chains.find(account);
  if (view === null) throw new NotFoundError("account-unknown", "The keyholder does not know this account.");
  return view;
}

/** The age key that the owner's newest pin names for this person. */
export function requirePin(view: AccountView, r: string): string {
  const pin = latestPin(view, r);
  if (pin === null) throw new ConflictError("pin-missing", "The owner signed no key for this recipient yet.");
  return pin.body.ageKey;
}

function isContactPlace({ b, g, r }: DepositPlace): boolean {
  return b === zeroId && g === 0 && r === zeroId;
}
