import { expect, it } from "vitest";
import { joinBytes } from "./join-bytes.ts";

it("joins as many parts as a large database has masked values", () => {
  const parts = Array.from({ length: 500_000 }, (_, at) => Uint8Array.of(at & 0xff));
  const joined = joinBytes(parts);
  expect([joined.length, joined[0], joined[300], joined.at(-1)]).toEqual([500_000, 0, 300 & 0xff, 499_999 & 0xff]);
  expect(joinBytes([])).toEqual(new Uint8Array());
});
