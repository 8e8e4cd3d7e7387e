import { describe, expect, it } from "vitest";
import { GatheringRooms } from "./gathering-rooms.ts";

describe("rooms in which parts are gathered", () => {
  it("are no larger than the part, large for a few, and small for all others", () => {
    const rooms = new GatheringRooms();
    const sizeOf = (length: number) => rooms.take(length).bytes.length;
    expect([sizeOf(0), sizeOf(10), sizeOf(65_536)]).toEqual([0, 10, 65_536]);
    const many = Array.from({ length: 100 }, () => rooms.take(2 ** 23));
    const total = many.reduce((sum, { bytes }) => sum + bytes.length, 0);
    expect(total).toBe(16 * 2 ** 20 + 84 * 65_536);
    for (const { leave } of many) leave();
    expect(sizeOf(2 ** 23)).toBe(2 ** 20);
  });
});
