import { randomBytes } from "@afterkeep/bytes";
import { decodeMetadata } from "@afterkeep/formats";
import { dayMs } from "@afterkeep/switch";
import { describe, expect, it } from "vitest";
import { changeProfile, type Device } from "./device.ts";
import { itemFromNote } from "./seal-item.ts";
import { pruningNow, stampNow } from "./stamp-time.ts";
import { aLife } from "./testing/a-life.ts";
import { PartsServer } from "./testing/a-parts-server.ts";
import { anOwner } from "./testing/an-owner.ts";
import { uploadItem } from "./upload-item.ts";
import { memoryJournal } from "./upload-journal.ts";

const wall = 1_700_000_000_000;

async function aDeviceAt(server: number, mode: "real" | "demo"): Promise<Device> {
  const { device } = aLife(new PartsServer(2 ** 16), memoryJournal());
  await changeProfile(device, () => ({ keyholder: { publicKey: "", thumb: "", nextKey: "", mode } }));
  device.memory.clock = { server, local: wall, factor: 1 };
  return device;
}

describe("the time of a version on a server whose clock is far off", () => {
  it("is at most a day after this device's clock, or after the version before", async () => {
    const device = await aDeviceAt(2 ** 52, "real");
    expect([await stampNow(device), await stampNow(device, wall - 1)]).toEqual([wall + dayMs, wall + dayMs]);
    expect(await stampNow(device, wall + 9 * dayMs)).toBe(wall + 10 * dayMs);
    expect(await stampNow(await aDeviceAt(wall - 5, "real"), wall)).toBe(wall - 5);
    expect(await stampNow(await aDeviceAt(wall + 99 * dayMs, "demo"))).toBe(wall + 99 * dayMs);
  });

  it("makes no version old before its time, whichever clock is wrong", async () => {
    expect(await pruningNow(await aDeviceAt(2 ** 52, "real"))).toBe(wall);
    expect(await pruningNow(await aDeviceAt(wall - 99 * dayMs, "real"))).toBe(wall - 99 * dayMs);
    expect(await pruningNow(await aDeviceAt(wall + 99 * dayMs, "demo"))).toBe(wall + 99 * dayMs);
  });

  it("is what is sealed into it", async () => {
    const keys = await anOwner();
    const device = await aDeviceAt(2 ** 52, "real");
    const { plan } = await uploadItem(device, keys, {
      item: itemFromNote({ name: "note", text: "x", modified: 0 }),
      vault: null,
      journalled: [],
      partLength: 2 ** 16,
      patience: { wait: device.wait, random: randomBytes, retryForMs: 0 },
      signal: new AbortController().signal,
      hold: () => Promise.resolve(),
      onBegin: () => undefined,
      onProgress: () => undefined,
      onRestart: () => undefined,
    });
    const { account, docId, verId, fileKey } = plan;
    const { createdMs, currentMs } = decodeMetadata(fileKey, { account, docId, verId, rev: 0 }, plan.metadata);
    expect([createdMs, currentMs]).toEqual([wall + dayMs, wall + dayMs]);
  });
});
