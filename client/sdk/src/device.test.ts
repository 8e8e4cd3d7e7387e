import { randomBytes } from "@afterkeep/bytes";
import { describe, expect, it } from "vitest";
import { changeProfile, type Device, newDeviceMemory, readProfile } from "./device.ts";
import { emptyProfile, laterHead, laterSeen, memoryStore, type ProfileStore } from "./profile.ts";
import { createTransport } from "./transport.ts";
import { memoryJournal } from "./upload-journal.ts";
import { memoryLocks } from "./upload-locks.ts";

function aDevice(store: ProfileStore): Device {
  const serverUrl = "http://afterkeep.test";
  const credentials = () => Promise.resolve({ owner: "", recipient: "" });
  return {
    serverUrl,
    channel: "bearer",
    transport: createTransport({ serverUrl, channel: "bearer", fetch, credentials }),
    random: randomBytes,
    now: () => 0,
    store,
    deviceKey: null,
    journal: memoryJournal(),
    locks: memoryLocks(),
    wait: () => Promise.resolve(),
    memory: newDeviceMemory(),
  };
}

describe("what a device has seen", () => {
  it("never goes down, in whichever order answers come", () => {
    const newer = { epoch: 2, counter: 3 };
    for (const older of [
      { epoch: 2, counter: 2 },
      { epoch: 1, counter: 9 },
    ]) {
      expect([laterSeen(newer, older), laterSeen(older, newer)]).toEqual([newer, newer]);
    }
    expect(laterSeen(null, newer)).toBe(newer);
    const [one, two] = [
      { seq: 1, id: "a" },
      { seq: 2, id: "b" },
    ];
    expect([laterHead(one, two), laterHead(two, one), laterHead(null, one)]).toEqual([two, two, one]);
  });

  it("is changed one after the other, so that no change forgets another", async () => {
    const device = aDevice(memoryStore());
    const raise = (counter: number) =>
      changeProfile(device, ({ seen, labels }) => ({
        seen: laterSeen(seen, { epoch: 1, counter }),
        labels: { ...labels, [`label-${counter}`]: 1 },
      }));
    await Promise.all([raise(3), raise(1), raise(2)]);
    const profile = await readProfile(device);
    expect([profile.seen?.counter, Object.keys(profile.labels).length]).toEqual([3, 3]);
  });

  it("is changed again after a change that could not be saved", async () => {
    const store = memoryStore();
    let isFull = true;
    const save: ProfileStore["save"] = (next) => (isFull ? Promise.reject(new Error("disk full")) : store.save(next));
    const device = aDevice({ ...store, save });
    await expect(changeProfile(device, () => ({ email: "a@b.test" }))).rejects.toThrow("disk full");
    isFull = false;
    expect((await changeProfile(device, () => ({ email: "c@d.test" }))).email).toBe("c@d.test");
  });

  it("is read from a profile of an earlier version, which lacks what was added since", async () => {
    const store = memoryStore();
    const { labels: _labels, unreceipted: _unreceipted, ...earlier } = emptyProfile("http://afterkeep.test");
    const load = (): ReturnType<ProfileStore["load"]> => Promise.resolve(JSON.parse(JSON.stringify(earlier)));
    expect(await readProfile(aDevice({ ...store, load }))).toEqual(emptyProfile("http://afterkeep.test"));
  });
});
