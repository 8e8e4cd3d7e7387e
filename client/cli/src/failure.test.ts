import { describe, expect, it } from "vitest";
import { describeLocalFailure, InterruptedError } from "./failure.ts";

describe("what a command says of its own failure", () => {
  it("is one word to whoever stopped it, and the exit code that shells know for that", () => {
    const said = { exitCode: 130, code: "interrupted", message: "Stopped.", next: "" };
    expect(describeLocalFailure(new InterruptedError())).toEqual(said);
  });

  it("asks for a report of what nobody expected", () => {
    expect(describeLocalFailure(new Error("boom"))).toMatchObject({
      exitCode: 1,
      message: "boom",
      next: expect.stringContaining("AFTERKEEP_DEBUG=1"),
    });
  });
});
