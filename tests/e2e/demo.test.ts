import { spawn } from "node:child_process";
import { describe, expect, it } from "vitest";
import { root } from "../../scripts/stage/product.ts";

type DemoOutcome = { held: boolean; steps: { name: string; held: boolean; facts: Record<string, unknown> }[] };

describe("the demo", () => {
  it("tells the whole story through the command line, and every step holds", async () => {
    const { exitCode, outcome } = await runDemo("--archive-mb", "8", "--letters", "12");
    expect(outcome.steps.filter(({ held }) => !held)).toEqual([]);
    expect(outcome.steps.at(-1)?.facts).toMatchObject({ identical: 13 });
    expect(outcome.held).toBe(true);
    expect(exitCode).toBe(0);
  });
});

function runDemo(...args: string[]): Promise<{ exitCode: number; outcome: DemoOutcome }> {
  const child = spawn(process.execPath, ["scripts/demo.mjs", "--headless", "--json", ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      const start = printed.indexOf("{");
      resolve({ exitCode: code ?? 1, outcome: JSON.parse(printed.slice(start)) as DemoOutcome });
    });
  });
}
