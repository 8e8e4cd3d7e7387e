import { describe, expect, it } from "vitest";
import { parseDatabaseUrl } from "./database-config.ts";

describe("DATABASE_URL", () => {
  it("names a server elsewhere, with verified TLS when asked for", () => {
    expect(parseDatabaseUrl("postgres://ak:p%40ss@db.example.org:6432/vault?sslmode=verify-full")).toEqual({
      host: "db.example.org",
      port: 6432,
      user: "ak",
      password: "p@ss",
      database: "vault",
      ssl: true,
    });
  });

  it("names a socket folder by its host parameter", () => {
    expect(parseDatabaseUrl("postgres://ak:x@localhost/vault?host=/run/postgresql")).toMatchObject({
      host: "/run/postgresql",
    });
  });

  it.each(["sslmode=require", "sslmode=prefer", "sslmode=verify-ca"])(
    "refuses %s, which would not prove whose server it is",
    (mode) => {
      expect(() => parseDatabaseUrl(`postgres://ak:x@db.example.org/vault?${mode}`)).toThrow(/database-url/);
    },
  );
});
