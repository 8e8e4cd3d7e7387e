import {
  applyDeviceRevoked,
  applyDisarm,
  applyPause,
  applyPolicy,
  applySign,
  type SignClass,
  type SwitchHistory,
  type SwitchPolicy,
} from "@afterkeep/switch";
import type { KeyholderParts } from "../parts.ts";
import { withdraw } from "../release/withdraw.ts";
import type { Bequest, HeardBequest } from "../store/bequests.ts";
import { saveBequest } from "../switches/save-bequest.ts";
import type { Moment } from "../time/attended-time.ts";

/** One thing that an owner said, as one bequest hears it. */
export type Hearing =
  | { readonly kind: SignClass; readonly id: string; readonly leaves?: readonly string[] }
  | { readonly kind: "disarm" | "device-revoked"; readonly id: string }
  | { readonly kind: "pause"; readonly id: string; readonly forMs: number }
  | { readonly kind: "policy"; readonly next: SwitchPolicy };

type Heard = {
  readonly policy: SwitchPolicy;
  readonly history: SwitchHistory;
  readonly accepted: boolean;
  readonly withdrawnRecipients: readonly string[];
};

/**
 * Lets one bequest hear a statement: its silence begins anew, what was decided and not fetched is withdrawn. Returns the
 * bequest as it is now, and whether the statement counted (a weak sign may not). Call inside a commit.
 */
export function hearSign(
  parts: KeyholderParts,
  bequest: Bequest,
  hearing: Hearing,
  moment: Moment,
): HeardBequest & { readonly accepted: boolean } {
  const heard = hear(bequest, hearing, moment.attendedMs);
  // Why not even saved: a job that checks in every hour would have the keyholder try again every hour to call an owner whom it calls once a day.
  if (!heard.accepted) return { ...bequest, accepted: false };
  const sign = hearing.kind === "policy" ? hearing.next.id : hearing.id;
  withdraw(parts, bequest, heard.withdrawnRecipients, { sign, atMs: moment.wallMs });
  const { policy, history, accepted } = heard;
  saveBequest(parts.store, { ...bequest, policy, history, lastCallTriedAt: 0 }, moment.attendedMs);
  return { account: bequest.account, b: bequest.b, policy, history, accepted };
}

function hear({ policy, history }: Bequest, hearing: Hearing, attendedMs: number): Heard {
  switch (hearing.kind) {
    case "policy":
      return { ...applyPolicy(policy, history, hearing.next, attendedMs), accepted: true };
    case "disarm":
      return { policy, ...applyDisarm(policy, history, hearing, attendedMs), accepted: true };
    case "device-revoked":
      return { policy, ...applyDeviceRevoked(policy, history, hearing, attendedMs) };
    case "pause":
      return { policy, ...applyPause(policy, history, hearing, attendedMs) };
    default: {
      const { id, kind, leaves = [] } = hearing;
      return { policy, ...applySign(policy, history, { id, class: kind, leaves }, attendedMs) };
    }
  }
}
