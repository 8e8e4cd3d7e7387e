import type { AuditEntry } from "@afterkeep/platform";
import type { KnownSwitch, MirroredSwitch, SwitchPlace } from "../storage/switch-states.ts";
import type { KeyholderSwitch } from "../zone-clients.ts";

export function placeOf({ account, b }: Pick<KeyholderSwitch, "account" | "b">): SwitchPlace {
  return { tenant: account, b };
}

export function nameOfSwitch({ tenant, b }: SwitchPlace): string {
  return `${tenant} ${b}`;
}

type News = { epoch: number; revision: number };

/** Whether an answer is older than what the mirror has. */
export function isOlderThan(known: News, answer: News): boolean {
  return known.epoch > answer.epoch || (known.epoch === answer.epoch && known.revision > answer.revision);
}

export function mirrorOf(item: KeyholderSwitch, epoch: number, lookAt: number | null): MirroredSwitch {
  return {
    ...placeOf(item),
    g: item.g,
    epoch,
    revision: item.revision,
    state: item.state,
    policyHash: Buffer.from(item.policyHash, "base64url"),
    lastSign: Buffer.from(item.lastSign, "base64url"),
    earliestMs: item.earliestWallMs,
    lookAt,
  };
}

/** The leaf of a change of state; none where there is none. */
export function changeLeaf(known: KnownSwitch | undefined, item: KeyholderSwitch, nowMs: number): AuditEntry[] {
  const from = known === undefined || known.epoch === 0 ? "none" : known.state;
  if (from === item.state) return [];
  return [
    {
      at: nowMs,
      account: item.account,
      actor: "clock",
      actorId: "",
      action: "switch.changed",
      resource: `bequest:${item.b}`,
      fields: { from, to: item.state, g: item.g, policyHash: item.policyHash },
      requestId: "",
    },
  ];
}
