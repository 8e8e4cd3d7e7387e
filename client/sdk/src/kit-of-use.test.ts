import { dayMs, defaultTimes } from "@afterkeep/switch";
import { describe, expect, it } from "vitest";
import { isKitOfUse } from "./kit-of-use.ts";

const hasty = { interval: dayMs, reminders: [dayMs / 2], grace: dayMs, lastCall: dayMs / 2 };
const { times } = defaultTimes(30 * dayMs);
const nobodyAsks = [{ requestWait: 0 }];

describe("the recovery kit at arming", () => {
  it("is of use where the first week is longer than the times, or than what somebody who asks waits", () => {
    expect(isKitOfUse({ isFirst: true, times: hasty, recipients: nobodyAsks })).toBe(true);
    expect(isKitOfUse({ isFirst: true, times, recipients: [{ requestWait: 3 * dayMs }] })).toBe(true);
  });

  it("is of none where it would change nothing", () => {
    expect(isKitOfUse({ isFirst: true, times, recipients: nobodyAsks })).toBe(false);
    expect(isKitOfUse({ isFirst: true, times, recipients: [{ requestWait: 7 * dayMs }] })).toBe(false);
    expect(isKitOfUse({ isFirst: false, times: hasty, recipients: nobodyAsks })).toBe(false);
  });
});
