import { parseId } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { type KnownOwner, rememberOwner } from "./owner-memory.ts";
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

const ownerAt = (seq: number, lacksSince: number | null = null) =>
  ({
    account,
    r: account,
    view: { ownerKey: "", ownerThumb: "", head: { seq, id: `statement ${seq}` } },
    ownerKey: new Uint8Array(),
    lacksSince,
  }) as unknown as KnownOwner;

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
