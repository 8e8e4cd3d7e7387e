import { describe, expect, it } from "vitest";
import { ConflictError } from "../errors/errors.ts";
import { createLogger, type LogFields } from "./logger.ts";

/** What one line of the log holds after `fields` were logged. */
function logged(fields: LogFields): string {
  let line = "";
  const logger = createLogger({ zone: "api", destination: { write: (text: string) => (line += text) } });
  logger.error(fields);
  return line;
}

describe("the log", () => {
  it("keeps the fields it knows", () => {
    expect(JSON.parse(logged({ event: "answered", status: 200, route: "/v1/x" }))).toMatchObject({
      zone: "api",
      event: "answered",
      status: 200,
      route: "/v1/x",
    });
  });

  it("drops every field it does not know, nested values, and long texts under known names", () => {
    const secret = "planted-secret";
    const line = logged({
      email: secret,
      event: { body: secret },
      code: [secret],
      route: secret.repeat(20),
      Event: secret,
    });
    expect(line).not.toContain(secret);
  });

  it("tells an error's class, code and place, never its message or its cause's message", () => {
    const cause = new Error("duplicate key value: (ada@example.org)");
    const line = logged({ err: new ConflictError("already-there", "ada@example.org is taken", { cause }) });
    expect(line).not.toContain("ada@example.org");
    expect(JSON.parse(line).error).toMatchObject({
      kind: "ConflictError",
      code: "already-there",
      cause: { kind: "Error" },
    });
    expect(line).toContain("logger.test.ts");
  });

  it("does not let a message that looks like a stack slip in", () => {
    const error = new Error("first line\n    at planted-secret (place)");
    expect(logged({ err: error })).not.toContain("planted-secret");
  });
});
