import { emptyHistory, type SwitchHistory, type SwitchPolicy } from "@afterkeep/switch";

/** A switch's facts as their record has them. Why merged: a record of an earlier version lacks the kinds of facts that were added since. */
export function readHistory(json: string): SwitchHistory {
  const facts: Partial<SwitchHistory> = JSON.parse(json);
  const { cooling = null } = facts;
  const coolingNow = cooling === null ? null : { ...cooling, policy: withWhatWasAdded(cooling.policy) };
  return { ...emptyHistory, ...facts, cooling: coolingNow };
}

/** A bound policy as its record has it. */
export function readPolicy(json: string): SwitchPolicy {
  return withWhatWasAdded(JSON.parse(json));
}

function withWhatWasAdded(stored: Omit<SwitchPolicy, "requests" | "guardians">): SwitchPolicy {
  return { requests: [], guardians: null, ...stored };
}
