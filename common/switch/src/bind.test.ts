import { describe, expect, it } from "vitest";
import { applyRequest } from "./ask.ts";
import { applyCoolingActivation, applyPolicy } from "./bind.ts";
import { applyFetched, applyGrant } from "./facts.ts";
import type { SwitchHistory } from "./history.ts";
import { anArmedSwitch, aPolicy, days } from "./testing/an-armed-switch.ts";
import { applyTriedInVain } from "./unreachable.ts";

const policy = aPolicy({ requests: [{ r: "anna", wait: days(5) }] });
const { history: armed } = anArmedSwitch({ policy });
const longer = aPolicy({ ...policy, id: "longer", unreachableExtra: days(61) });
const shorter = aPolicy({ ...policy, id: "shorter", unreachableExtra: days(59) });

describe("binding a policy", () => {
  it("keeps what became of each share in the same generation, and begins anew in another", () => {
    const decided: SwitchHistory = { ...armed, decision: { id: "decision", decidedAtAttended: days(47) } };
    const annaHas = applyFetched(applyGrant(policy, decided, "anna", days(47)), "anna", days(47));
    const stages = (g: number) =>
      applyPolicy(policy, annaHas, { ...longer, g }, days(48)).history.slots.map(({ r, stage }) => `${r} ${stage}`);
    expect(stages(1)).toEqual(["anna fetched", "ben withdrawn"]);
    expect(stages(2)).toEqual(["anna waiting", "ben waiting"]);
  });

  it("counts what was tried in vain on, unless a request that it was tried for goes", () => {
    const cooling = applyPolicy(policy, armed, shorter, days(1)).history;
    const asked = applyRequest(policy, cooling, { id: "ask", r: "anna" }, days(2));
    const tried = [2, 3, 4, 5, 6].reduce((history, day) => applyTriedInVain(history, days(day)), asked);
    const bound = applyCoolingActivation(policy, tried, days(8)).history;
    expect(bound.unheard).toEqual(tried.unheard);
    expect(bound.unheard).toMatchObject({ tries: 5 });
    const without = { ...tried, cooling: tried.cooling && { ...tried.cooling, policy: { ...shorter, requests: [] } } };
    expect(applyCoolingActivation(policy, without, days(8)).history.unheard).toBeNull();
  });
});
