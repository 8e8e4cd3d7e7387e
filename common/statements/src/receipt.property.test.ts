import { decodeBase64url, encodeBase64url, encodeUtf8 } from "@afterkeep/bytes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseBody } from "./parse-body.ts";
import { verifyReceipt } from "./receipt.ts";
import { anArmedAccount } from "./testing/an-account.ts";
import { expectationOf, receiptBody, signedReceipt } from "./testing/a-receipt.ts";

const { view } = await anArmedAccount();
const honest = receiptBody(view);
const jws = signedReceipt(honest);
const isCounted = (answer: string) => verifyReceipt(answer, expectationOf(view)).outcome === "counted";

type Path = readonly (string | number)[];

/** Every value inside a body, by its path. */
function leavesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

function changedAt(value: unknown, [key, ...rest]: Path, change: (leaf: unknown) => unknown): unknown {
  if (key === undefined) return change(value);
  const copy: Record<string, unknown> = Object.fromEntries(Object.entries(value ?? {}));
  copy[key] = changedAt(copy[key], rest, change);
  return Array.isArray(value) ? Object.values(copy) : copy;
}

/** Another value of the same form: the last significant character or the number differs. */
function flipped(leaf: unknown): unknown {
  if (typeof leaf === "number") return leaf === 0 ? 1 : leaf - 1;
  if (typeof leaf !== "string") return !leaf;
  const other: Record<string, string> = { real: "demo", armed: "grace", public: "self" };
  return other[leaf] ?? (leaf.startsWith("A") ? "B" : "A") + leaf.slice(1);
}

const leaves = leavesOf(honest);
/** What only the keyholder can know: its own probe. Everything else a client compares. */
const onlyKnownToKeyholder = ["probe"];

describe("every field of a receipt", () => {
  it("is looked at here", () => {
    expect(leaves.map((path) => path.join("."))).toEqual(
      expect.arrayContaining(["rows.0.earliest.silence", "head.id", "nextKey"]),
    );
    expect(leaves.length).toBeGreaterThan(18);
  });

  it.each(leaves.map((path) => [path.join("."), path] as const))(
    "%s flipped under the old signature is refused",
    (_name, path) => {
      const [header, , signature] = jws.split(".");
      const { payload } = parseBody("receipt", honest);
      const changed = JSON.stringify(changedAt(payload, path, flipped));
      expect(() => isCounted(`${header}.${encodeBase64url(encodeUtf8(changed))}.${signature}`)).toThrow(
        "did NOT count",
      );
    },
  );

  it.each(leaves.map((path) => [path.join("."), path] as const))(
    "%s flipped by the keyholder itself is refused",
    (name, path) => {
      const changed = () => isCounted(signedReceipt(parseBody("receipt", changedAt(honest, path, flipped)).body));
      if (onlyKnownToKeyholder.includes(name)) expect(changed()).toBe(true);
      else expect(changed).toThrow();
    },
  );

  it.each(Object.keys(honest))("%s dropped is refused", (field) => {
    const [header, , signature] = jws.split(".");
    const { [field]: _dropped, ...rest } = { ...parseBody("receipt", honest).payload };
    expect(() => isCounted(`${header}.${encodeBase64url(encodeUtf8(JSON.stringify(rest)))}.${signature}`)).toThrow(
      "did NOT count",
    );
  });

  it("counts for nothing when any single bit of the answer is flipped", () => {
    const parts = jws.split(".").map(decodeBase64url);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 }), fc.nat(), fc.integer({ min: 0, max: 7 }), (part, at, bit) => {
        const bytes = parts.map((one) => Uint8Array.from(one));
        const chosen = bytes[part] ?? new Uint8Array(1);
        chosen[at % chosen.length] = (chosen[at % chosen.length] ?? 0) ^ (1 << bit);
        expect(() => isCounted(bytes.map(encodeBase64url).join("."))).toThrow("did NOT count");
      }),
      { numRuns: 300 },
    );
  });
});
