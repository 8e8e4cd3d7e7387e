import { newId } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { createAfterkeep } from "./afterkeep.ts";
import { delegateStore } from "./delegate-key.ts";
import { looseningsOf, looseningsOfStatus } from "./loosenings.ts";
import { aScriptedServer, newHash } from "./testing/a-scripted-server.ts";

const dayMs = 86_400_000;
const at = 1_700_000_000_000;
const b = newId(1);
const [ours, theirs] = [newHash(), newHash()];
const known = { titles: new Map([[b, "For Anna"]]), profile: { armed: [ours] } };
const receiptWith = (...hashes: string[]) => ({
  at,
  pending: { requests: [], loosenings: hashes.map((policyHash) => ({ b, policyHash, left: 5 * dayMs })) },
});
const saying = (...hashes: string[]) => ({
  now: at + dayMs,
  switches: [{ b, cooling: hashes.map((policyHash) => ({ policyHash, left: 3 * dayMs })) }] as never,
});

describe("a loosening", () => {
  it("is told with the moment before which it does not bind, and with whether this device signed it", () => {
    expect(looseningsOf(receiptWith(ours, theirs), { ...known, isProven: true })).toEqual([
      { b, title: "For Anna", policyHash: ours, bindsMs: at + 5 * dayMs, isProven: true, isOwn: true },
      { b, title: "For Anna", policyHash: theirs, bindsMs: at + 5 * dayMs, isProven: true, isOwn: false },
    ]);
  });

  it("stands in a status as the receipt says, whatever the server says beside it", () => {
    const receipt = receiptWith(theirs);
    const fromReceipt = looseningsOf(receipt, { ...known, isProven: true });
    expect(looseningsOfStatus(saying(), receipt, known)).toEqual(fromReceipt);
    expect(looseningsOfStatus(saying(ours, theirs), receipt, known)).toEqual(fromReceipt);
    expect(looseningsOfStatus(saying(theirs), receiptWith(), known)).toEqual([]);
  });

  it("is the server's word where there is no receipt at all, and marked as such", () => {
    expect(looseningsOfStatus(saying(theirs), null, known)).toEqual([
      { b, title: "For Anna", policyHash: theirs, bindsMs: at + 4 * dayMs, isProven: false, isOwn: false },
    ]);
  });

  it("is told by every check-in, a job's too", async () => {
    const server = await aScriptedServer();
    server.changeReceipt = (honest) => ({ ...honest, ...receiptWith(theirs) });
    const store = delegateStore(server.key, async () => {});
    const device = { serverUrl: server.key.server, channel: "bearer" as const, store, fetch: server.fetch };
    const { loosenings } = await createAfterkeep({ ...device, now: () => at }).checkInByDelegate();
    expect(loosenings).toMatchObject([
      { b, policyHash: theirs, bindsMs: at + 5 * dayMs, isProven: true, isOwn: false },
    ]);
  });
});
