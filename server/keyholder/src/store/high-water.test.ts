import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HighWaterFile, readHighWater } from "./high-water.ts";

const markOf = (counter: number, instance = "a") => ({ instance, counter, epoch: 1 });

function withFolder(work: (folder: string, path: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "afterkeep-high-water-"));
  try {
    work(folder, join(folder, "high-water"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function write(folder: string, ...marks: readonly ReturnType<typeof markOf>[]): void {
  const file = new HighWaterFile(folder);
  for (const mark of marks) file.write(mark);
  file.close();
}

describe("the mark of how far the store had got", () => {
  it("is the last that was written, by whichever process", () =>
    withFolder((folder) => {
      expect(readHighWater(folder)).toBe(null);
      for (let counter = 1; counter < 6; counter++) {
        write(folder, markOf(counter), markOf(counter + 1));
        expect(readHighWater(folder)).toEqual(markOf(counter + 1));
      }
    }));

  it("is the one before where the last was torn, and foreign where nothing can be read", () =>
    withFolder((folder, path) => {
      write(folder, markOf(7), markOf(8), markOf(9));
      const whole = readFileSync(path, "utf8");
      const [newest] = whole.split("\n").filter((line) => line.includes('"counter":9'));
      writeFileSync(path, whole.replace(newest ?? "", `${newest?.slice(0, 20)}${"\0".repeat(235)}`));
      expect(readHighWater(folder)).toEqual(markOf(8));
      writeFileSync(path, "");
      expect(readHighWater(folder)).toMatchObject({ instance: "unreadable", counter: Number.MAX_SAFE_INTEGER });
    }));

  it("is the new store's from its first commit on, however high the one stood that was here before", () =>
    withFolder((folder) => {
      write(folder, markOf(800), markOf(801));
      write(folder, markOf(3, "b"));
      expect(readHighWater(folder)).toEqual(markOf(3, "b"));
      write(folder, markOf(900), markOf(901), markOf(4, "b"));
      expect(readFileSync(join(folder, "high-water"), "utf8"), "nothing of the one before").not.toContain('"a"');
    }));

  it("is also read as it was written before it had two places", () =>
    withFolder((folder, path) => {
      writeFileSync(path, JSON.stringify(markOf(41)));
      expect(readHighWater(folder)).toEqual(markOf(41));
    }));
});
