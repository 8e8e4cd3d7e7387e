import { type RouteName, routes } from "@afterkeep/contracts";
import { describe, expect, it } from "vitest";
import type { Actor } from "../context/actor.ts";
import { may } from "./may.ts";

const session = { sessionHash: Buffer.alloc(32), channel: "bearer" } as const;
const owner: Actor = { kind: "owner", tenant: "t1", ...session };
const recipient: Actor = { kind: "recipient", tenant: "t1", recipient: "r1", ...session };
const names = Object.keys(routes) as RouteName[];
const of = (auth: string) => names.filter((name) => routes[name].auth === auth);

describe("who may do what", () => {
  it("lets an owner do an owner's things in their own account alone", () => {
    for (const name of of("owner")) {
      expect([name, may(owner, name, { tenant: "t1" }), may(owner, name, { tenant: "t2" })]).toEqual([
        name,
        true,
        false,
      ]);
      expect([
        name,
        may(recipient, name, { tenant: "t1", recipient: "r1" }),
        may({ kind: "nobody" }, name, { tenant: "t1" }),
      ]).toEqual([name, false, false]);
    }
  });

  it("lets a recipient do a recipient's things for themselves alone", () => {
    for (const name of of("recipient")) {
      expect([name, may(recipient, name, { tenant: "t1", recipient: "r1" })]).toEqual([name, true]);
      for (const resource of [{ tenant: "t1", recipient: "r2" }, { tenant: "t2", recipient: "r1" }, { tenant: "t1" }])
        expect([name, may(recipient, name, resource)]).toEqual([name, false]);
      expect([name, may(owner, name, { tenant: "t1", recipient: "r1" })]).toEqual([name, false]);
    }
  });

  it("lets everybody do what needs no session", () => {
    for (const name of of("none")) expect(may({ kind: "nobody" }, name, { tenant: "" })).toBe(true);
  });
});
