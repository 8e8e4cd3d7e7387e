import { describe, expect, it } from "vitest";
import { calmProgress } from "./calm-progress.ts";

describe("progress", () => {
  it("is reported at once, and then no more often than eyes can follow", () => {
    const seen: number[] = [];
    let now = 1000;
    const report = calmProgress(
      (done: number) => void seen.push(done),
      () => now,
    );
    for (let done = 0; done < 1000; done += 1) {
      report(done);
      now += 1;
    }
    expect(seen).toEqual([0, 150, 300, 450, 600, 750, 900]);
  });
});
