import { inOwnTenant } from "../context/call.ts";
import { readNewestReceipt, readStops } from "../storage/statements.ts";
import type { Operation } from "./operation.ts";
import { stoppedAt, stopOf } from "./stopped-at.ts";

const stopsLookedAt = 100;

export const getStatus: Operation<"getStatus"> = async (call) => {
  const { keyholder } = call.services;
  const [{ items, nowWallMs }, { mode }, { outages, attendedPercent }] = await Promise.all([
    keyholder.switches({ account: call.actor.tenant }),
    keyholder.info({}),
    keyholder.outages({}),
  ]);
  const [lastReceipt, stops] = await inOwnTenant(call, async (tx) => [
    await readNewestReceipt(tx),
    // Why only then: it walks through all that the owner ever signed.
    items.some(({ state }) => stopOf(state) !== null) ? await readStops(tx, stopsLookedAt) : [],
  ]);
  const switches = items.map((item) => ({
    b: item.b,
    g: item.g,
    state: item.state,
    policyHash: item.policyHash,
    used: item.used,
    left: item.left,
    earliestWallMs: item.earliestWallMs,
    waitsFor: item.waitsFor,
    ...(item.waitsFor === "operators" ? { frozenUntil: item.wakeWallMs } : {}),
    stoppedAt: stoppedAt(item, stops),
    release: item.release,
    requests: item.requests,
    cooling: item.cooling,
    slots: item.slots.map(({ r, stage }) => ({ r, stage })),
  }));
  return { now: nowWallMs, mode, switches, attendedPercent, outages, lastReceipt };
};
