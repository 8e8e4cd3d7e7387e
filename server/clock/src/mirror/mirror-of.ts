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
    requests: item.requests.map(({ request }) => request),
  };
}

/** What the log is told of a switch: its change of state, and what recipients asked. None where the log tells of it already. */
export function newLeaves(known: KnownSwitch | undefined, item: KeyholderSwitch, nowMs: number): AuditEntry[] {
  const from = known === undefined || known.epoch === 0 ? "none" : known.state;
  const { state: to, g, policyHash } = item;
  const change = from === to ? [] : [leafOf(item, nowMs, "switch.changed", { from, to, g, policyHash })];
  const asked = item.requests
    .filter(({ request }) => known?.requests.includes(request) !== true)
    .map(({ request, r }) => leafOf(item, nowMs, "request.standing", { request, recipient: r }));
  return [...change, ...asked];
}

function leafOf(
  { account, b }: KeyholderSwitch,
  at: number,
  action: string,
  fields: Record<string, string | number>,
): AuditEntry {
  return { at, account, actor: "clock", actorId: "", action, resource: `bequest:${b}`, fields, requestId: "" };
}
