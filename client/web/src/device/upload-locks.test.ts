import { describe, expect, it } from "vitest";
import { browserUploadLocks as locks } from "./upload-locks.ts";

describe("the locks of a browser's uploads", () => {
  it("are held by one until it lets go, whatever other locks there are", async () => {
    const release = await locks.tryHold("one");
    expect(release).not.toBeNull();
    expect(await locks.tryHold("one")).toBeNull();
    const other = await locks.tryHold("two");
    await navigator.locks.request("something else", async () => {
      expect([...(await locks.listHeld())].sort()).toEqual(["one", "two"]);
    });
    await release?.();
    expect([...(await locks.listHeld())]).toEqual(["two"]);
    const again = await locks.tryHold("one");
    expect(again).not.toBeNull();
    await again?.();
    await other?.();
  });
});
