import { parseId } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import type { StatementBody } from "@afterkeep/statements";
import { expectDecidedSince, type KnownOwner, rememberOwner, rememberWentOn } from "./owner-memory.ts";
import { memoryJournal } from "./upload-journal.ts";
import { aLife } from "./testing/a-life.ts";
import { PartsServer } from "./testing/a-parts-server.ts";
import { changeProfile, type Device, readProfile } from "./device.ts";
import type { PinnedKeyholder } from "./profile.ts";

const account = parseId("A".repeat(22));
const keyholder: PinnedKeyholder = { publicKey: "", thumb: "", nextKey: "", mode: "real" };

async function aDevice(mode: PinnedKeyholder["mode"], now: { local: number; server: number }): Promise<Device> {
  const { device } = aLife(new PartsServer(1), memoryJournal());
  device.memory.clock = { server: now.server, local: now.local, factor: 1 };
  await changeProfile(device, () => ({ keyholder: { ...keyholder, mode } }));
  return { ...device, now: () => now.local };
}

const ownerAt = (seq: number, lacksSince: number | null = null, signedAt = 500) =>
  ({
    account,
    r: account,
    view: { ownerKey: "", ownerThumb: "", head: { seq, id: `statement ${seq}` } },
    ownerKey: new Uint8Array(),
    signedAt,
    lacksSince,
  }) as unknown as KnownOwner;

/** A chain of the statements that all know up to `shared`, and others after it; a policy and a list stand at their places. */
const otherChain = (length: number, shared: number, places: { readonly policy: number; readonly list: number }) => {
  const ids = Array.from({ length }, (_, seq) => (seq <= shared ? `statement ${seq}` : `other ${seq}`));
  const view = {
    head: { seq: length - 1, id: ids[length - 1] },
    ids,
    policies: new Map([["b", [{ id: ids[places.policy] }]]]),
    manifests: new Map([["b/1", [{ id: ids[places.list], manifestHash: "the list" }]]]),
  };
  return { ...ownerAt(0, 1000), view } as unknown as KnownOwner;
};

const decisionOf = ({ view }: KnownOwner, decidedAt: number) =>
  ({
    b: "b",
    g: 1,
    policyHash: view.policies.get("b")?.[0]?.id,
    manifestHash: "the list",
    decidedAt,
  }) as unknown as StatementBody<"release">;

const remembered = async (device: Device) => {
  const known = (await readProfile(device)).owners[account];
  return [known?.head.seq, known?.metAt];
};

describe("what a recipient's device remembers of an owner", () => {
  it("is the newest head, with the moment when it was seen first", async () => {
    const now = { local: 1000, server: 7 };
    const device = await aDevice("real", now);
    await rememberOwner(device, ownerAt(5));
    now.local = 2000;
    await rememberOwner(device, ownerAt(5));
    expect(await remembered(device)).toEqual([5, 1000]);
    await rememberOwner(device, ownerAt(6));
    expect(await remembered(device)).toEqual([6, 2000]);
  });

  it("is of the device's own clock where days are real, and of the server's in a demonstration", async () => {
    const now = { local: 1000, server: 7 };
    const [real, demo] = [await aDevice("real", now), await aDevice("demo", now)];
    for (const device of [real, demo]) await rememberOwner(device, ownerAt(1));
    expect([await remembered(real), await remembered(demo)]).toEqual([
      [1, 1000],
      [1, 7],
    ]);
  });

  it("stays where the chain lacks it, however long that is", async () => {
    const device = await aDevice("real", { local: 1000, server: 7 });
    await rememberOwner(device, ownerAt(5));
    await rememberOwner(device, ownerAt(9, 1000));
    expect(await remembered(device)).toEqual([5, 1000]);
  });

  it("was seen when two of three say so at least: what was noted, this device's clock, and when the owner signed", async () => {
    const visits = async (...clocks: readonly number[]) => {
      const now = { local: 0, server: 7 };
      const device = await aDevice("real", now);
      for (const clock of clocks) {
        now.local = clock;
        await rememberOwner(device, ownerAt(5, null, 2500));
      }
      return (await remembered(device))[1];
    };
    expect(await visits(3000, 4000)).toBe(3000);
    expect(await visits(9000, 4000)).toBe(4000);
    expect(await visits(9000, 4000, 4100)).toBe(4000);
    expect(await visits(3000, 1)).toBe(2500);
    expect(await visits(1, 3000)).toBe(2500);
  });

  it("is not moved by the server's clock in a demonstration", async () => {
    const now = { local: 1000, server: 70_000 };
    const device = await aDevice("demo", now);
    await rememberOwner(device, ownerAt(5));
    device.memory.clock = { server: 7, local: 1000, factor: 1 };
    await rememberOwner(device, ownerAt(5));
    expect(await remembered(device)).toEqual([5, 70_000]);
  });

  it("goes on from an older chain once the keyholder decided on what was signed where the missing statement had stood", async () => {
    for (const places of [
      { policy: 5, list: 3 },
      { policy: 2, list: 6 },
    ]) {
      const device = await aDevice("real", { local: 1000, server: 7 });
      await rememberOwner(device, ownerAt(5));
      const older = otherChain(8, 4, places);
      await rememberWentOn(device, older, decisionOf(older, 1500));
      expect(await remembered(device)).toEqual([7, 1500]);
    }
  });

  it("does not where the decision proves nothing of that, or came before", async () => {
    const device = await aDevice("real", { local: 1000, server: 7 });
    await rememberOwner(device, ownerAt(5));
    const hidden = otherChain(5, 4, { policy: 3, list: 4 });
    await rememberWentOn(device, hidden, decisionOf(hidden, 1500));
    const forked = otherChain(8, 4, { policy: 3, list: 4 });
    await rememberWentOn(device, forked, decisionOf(forked, 1500));
    const early = otherChain(8, 4, { policy: 5, list: 6 });
    await rememberWentOn(device, early, decisionOf(early, 1000));
    const whole = otherChain(8, 7, { policy: 5, list: 6 });
    await rememberWentOn(device, whole, decisionOf(whole, 1500));
    expect(await remembered(device)).toEqual([5, 1000]);
  });

  it("gets its moment at the next meeting where an earlier version noted none", async () => {
    const device = await aDevice("real", { local: 1000, server: 7 });
    await rememberOwner(device, ownerAt(5));
    await changeProfile(device, ({ owners }) => {
      const { metAt: _, ...known } = owners[account] ?? {};
      return { owners: { ...owners, [account]: known } as typeof owners };
    });
    await rememberOwner(device, ownerAt(5));
    expect(await remembered(device)).toEqual([5, 1000]);
  });
});

describe("a decision over a chain that lacks what this device has seen", () => {
  const older = otherChain(5, 4, { policy: 3, list: 4 });

  it("is refused from before that in words for whoever was left something, which name the ways out", () => {
    expect(() => expectDecidedSince(older, decisionOf(older, 1001))).not.toThrow();
    expect(() => expectDecidedSince(older, decisionOf(older, 1000))).toThrow(
      expect.objectContaining({
        code: "chain-invalid",
        message: expect.not.stringContaining("your statements"),
        next: expect.stringMatching(/another device, with your passphrase or your key file.*saved/),
      }),
    );
  });

  it("is refused where it names what the chain has not, which another device would refuse too", () => {
    expect(() => expectDecidedSince(older, { ...decisionOf(older, 1001), manifestHash: "" })).toThrow(
      expect.objectContaining({ code: "chain-invalid", next: expect.not.stringContaining("another device") }),
    );
  });
});
