import { MalformedError } from "@afterkeep/bytes";
import { problem } from "@afterkeep/contracts";
import { ConflictError, DependencyError, NotFoundError } from "@afterkeep/platform";
import { describe, expect, it } from "vitest";
import { TooManyCallsError } from "../context/rate-limiter.ts";
import { HttpError } from "./http-error.ts";
import { problemOf } from "./problems.ts";

const told = (error: unknown) => {
  const { status, headers, body } = problemOf(error, "request-1");
  expect(problem.parse(body)).toMatchObject({
    status,
    requestId: "request-1",
    type: `urn:afterkeep:error:${body.code}`,
  });
  expect(body.next).not.toBe("");
  return { status, code: body.code, headers, text: JSON.stringify(body) };
};
const coded = (code: string, over: object = {}) =>
  Object.assign(new Error("select secret from account"), { code, ...over });

describe("what a person is told of an error", () => {
  it("is its own status, code and next step", () => {
    expect(told(new NotFoundError("x-unknown", "No x."))).toMatchObject({ status: 404, code: "x-unknown" });
    expect(told(new ConflictError("x-changed", "X changed."))).toMatchObject({ status: 409, code: "x-changed" });
    expect(told(new HttpError(405, "method-not-allowed", "No.", "Use GET.", { allow: "GET" }))).toMatchObject({
      status: 405,
      headers: { allow: "GET" },
    });
    expect(told(new MalformedError("id"))).toMatchObject({ status: 400, code: "malformed" });
  });

  it("says when to come back", () => {
    expect(told(new TooManyCallsError("too-many-attempts", 1500))).toMatchObject({
      status: 429,
      headers: { "retry-after": "2" },
    });
    expect(told(new DependencyError("zone-unavailable", "Away."))).toMatchObject({
      status: 503,
      headers: { "retry-after": "5" },
    });
  });

  it("is that the database is away when it is", () => {
    const away = [
      coded("ENOENT", { syscall: "connect" }),
      coded("ECONNREFUSED", { syscall: "connect" }),
      coded("57P01"),
      coded("57P03"),
      coded("53300"),
      coded("08006"),
      new Error("Connection terminated unexpectedly"),
    ];
    for (const error of away) expect(told(error)).toMatchObject({ status: 503, code: "database-unavailable" });
  });

  it("is nothing of our inside", () => {
    for (const error of [
      coded("42501"),
      coded("23505"),
      coded("ENOENT", { syscall: "open" }),
      new Error("secret"),
      "secret",
      null,
      { secret: 1 },
    ]) {
      const { status, code, text } = told(error);
      expect([status, code]).toEqual([500, "internal"]);
      expect(text).not.toMatch(/secret|select|at /);
    }
  });
});
