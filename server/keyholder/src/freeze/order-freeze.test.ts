import { generateSigningKey } from "@afterkeep/crypto";
import { describe, expect, it } from "vitest";
import { dayMs, demo, real, withKeyholder } from "../testing/a-keyholder.ts";
import { anOrder, freezeAll, send, signedBy, stateOfFreeze, thawAll, zeroHash } from "../testing/an-order.ts";
import { randomHash } from "../testing/an-owner.ts";

const refusal = (code: string) => expect.objectContaining({ code });
const hourMs = 3_600_000;

describe("an order of two operators", () => {
  it("freezes, and another one thaws; the keyholder's signed word names both", () =>
    withKeyholder(async (test) => {
      const before = await stateOfFreeze(test);
      expect(before).toMatchObject({ freeze: zeroHash, left: 0, more: 3, again: 0, mode: "demo" });
      const frozen = await freezeAll(test, 10 * dayMs);
      expect(frozen).toMatchObject({ freeze: before.challenge, left: 10 * dayMs, more: 2, again: 0 });
      expect(frozen.until).toBe(frozen.at + 10 * dayMs);
      expect(await thawAll(test)).toMatchObject({ freeze: zeroHash, left: 0, more: 2 });
    }));

  it("is any two of three, in either order", () =>
    withKeyholder(async (test) => {
      const [first, second, third] = test.operators;
      if (first === undefined || second === undefined || third === undefined) throw new Error("three operators");
      await send(test, signedBy(await anOrder(test), [third, first]));
      const thaw = await anOrder(test, { what: "thaw", forMs: 0 });
      expect((await send(test, signedBy(thaw, [second, third]))).freeze).toBe(zeroHash);
    }));

  it("is refused from one operator alone, twice by one, and from strangers", () =>
    withKeyholder(async (test) => {
      const [first] = test.operators;
      if (first === undefined) throw new Error("an operator");
      const order = await anOrder(test);
      const stranger = generateSigningKey();
      await expect(send(test, signedBy(order, [first, first]))).rejects.toThrow(refusal("statement-operators"));
      await expect(send(test, signedBy(order, [first, stranger]))).rejects.toThrow(refusal("statement-signature"));
      await expect(send(test, signedBy(order, [stranger, first]))).rejects.toThrow(refusal("statement-signature"));
      expect((await stateOfFreeze(test)).freeze).toBe(zeroHash);
    }));

  it("makes nobody wait for the disk before two operators have signed it", () =>
    withKeyholder(async (test) => {
      const steps: string[] = [];
      test.onCommitStep = (step) => steps.push(step);
      await expect(send(test, ["not", "signed"])).rejects.toThrow(/statement-/);
      const [first] = test.operators;
      if (first === undefined) throw new Error("an operator");
      await expect(send(test, signedBy(await anOrder(test), [first, first]))).rejects.toThrow("statement-operators");
      expect(steps).toEqual([]);
    }));

  it("is refused where the two say different things", () =>
    withKeyholder(async (test) => {
      const order = await anOrder(test);
      const [mine] = signedBy(order, test.operators);
      const [, theirs] = signedBy({ ...order, forMs: order.forMs + 1 }, test.operators);
      await expect(send(test, [mine, theirs])).rejects.toThrow(refusal("statement-operators"));
    }));

  it("is refused with any bit changed", () =>
    withKeyholder(async (test) => {
      const [mine, theirs] = signedBy(await anOrder(test), test.operators);
      const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
      for (let place = 0; place < theirs.length; place += 7) {
        const other = alphabet[(alphabet.indexOf(theirs[place] ?? "") + 1) % alphabet.length] ?? "";
        const changed = theirs.slice(0, place) + other + theirs.slice(place + 1);
        await expect(send(test, [mine, changed])).rejects.toThrow(/statement-/);
      }
      expect((await stateOfFreeze(test)).freeze).toBe(zeroHash);
      await send(test, [mine, theirs]);
    }));

  it.each([
    ["another keyholder", { aud: randomHash() }, "statement-audience"],
    ["the other mode", { mode: "real" as const }, "statement-mode"],
    ["an earlier epoch", { epoch: 0 }, "freeze-stale"],
    ["a challenge that nobody gave", { challenge: randomHash() }, "challenge-invalid"],
    ["a freeze that does not run", { freeze: randomHash() }, "freeze-stale"],
    ["more than thirty days", { forMs: 30 * dayMs + 1 }, "statement-times"],
    ["less than an hour", { forMs: hourMs - 1 }, "statement-times"],
    ["a thaw of nothing", { what: "thaw" as const, forMs: 0 }, "statement-times"],
    ["a thaw of what does not run", { what: "thaw" as const, forMs: 0, freeze: randomHash() }, "freeze-stale"],
    ["a thaw with a length", { what: "thaw" as const, freeze: randomHash() }, "statement-times"],
  ])("is refused for %s", (_, changes, code) =>
    withKeyholder(async (test) => {
      const statements = signedBy(await anOrder(test, changes), test.operators);
      await expect(send(test, statements)).rejects.toThrow(refusal(code));
      expect((await stateOfFreeze(test)).freeze).toBe(zeroHash);
    }),
  );

  it("is refused again, after a thaw, after a restart, and after two hours", () =>
    withKeyholder(async (test) => {
      const once = signedBy(await anOrder(test), test.operators);
      await send(test, once);
      await expect(send(test, once)).rejects.toThrow(refusal("challenge-invalid"));
      await thawAll(test);
      await expect(send(test, once)).rejects.toThrow(refusal("challenge-invalid"));
      const kept = signedBy(await anOrder(test), test.operators);
      await test.restart();
      await expect(send(test, kept)).rejects.toThrow(refusal("challenge-invalid"));
      const late = signedBy(await anOrder(test), test.operators);
      test.clock.advance(2 * hourMs * demo.factor);
      await expect(send(test, late)).rejects.toThrow(refusal("challenge-invalid"));
    }));

  it("can be signed for an hour after somebody else has asked, and asking pushes nobody out", () =>
    withKeyholder(async (test) => {
      const statements = signedBy(await anOrder(test), test.operators);
      for (let i = 0; i < 500; i++) await stateOfFreeze(test);
      test.clock.advance(1.9 * hourMs * demo.factor);
      await stateOfFreeze(test);
      expect((await send(test, statements)).left).toBe(10 * dayMs);
    }));

  it("that renews names the freeze that it renews: what was overtaken does nothing", () =>
    withKeyholder(async (test) => {
      await freezeAll(test);
      const renewal = await anOrder(test);
      await thawAll(test);
      const { challenge } = await stateOfFreeze(test);
      const overtaken = signedBy({ ...renewal, challenge }, test.operators);
      await expect(send(test, overtaken)).rejects.toThrow(refusal("freeze-stale"));
    }));

  it("is refused as a third renewal, and until ninety days have been counted after the last", () =>
    withKeyholder(async (test) => {
      await freezeAll(test);
      await test.pass(dayMs);
      expect(await freezeAll(test)).toMatchObject({ left: 10 * dayMs, more: 1 });
      await thawAll(test);
      await test.pass(dayMs);
      expect(await freezeAll(test, 2 * dayMs)).toMatchObject({ more: 0, again: 92 * dayMs });
      await expect(freezeAll(test)).rejects.toThrow(refusal("freeze-used-up"));
      await test.pass(2 * dayMs);
      await expect(freezeAll(test)).rejects.toThrow(refusal("freeze-used-up"));
      await test.pass(89 * dayMs);
      await expect(freezeAll(test)).rejects.toThrow(refusal("freeze-used-up"));
      await test.pass(dayMs);
      expect(await freezeAll(test)).toMatchObject({ more: 2 });
    }));

  it("is kept for the log, and the state names the last one that was obeyed, also after another start", () =>
    withKeyholder(async (test) => {
      const asClock = { caller: "clock", requestId: "test" } as const;
      const orders = async () => (await test.keyholder.handlers.freezeOrders({}, asClock)).orders;
      expect(await orders()).toEqual([]);
      expect((await stateOfFreeze(test)).order).toBe(zeroHash);
      const { challenge: id } = await stateOfFreeze(test);
      const frozen = await freezeAll(test, 3 * dayMs);
      expect(frozen).toMatchObject({ order: id, freeze: id });
      const thawed = await thawAll(test);
      expect(thawed).toMatchObject({ order: frozen.challenge, freeze: zeroHash });
      await expect(
        send(test, signedBy(await anOrder(test, { what: "thaw", forMs: 0, freeze: id }), test.operators)),
      ).rejects.toThrow(refusal("freeze-stale"));
      await test.restart();
      expect((await stateOfFreeze(test)).order).toBe(frozen.challenge);
      expect(await orders()).toEqual([
        { id, what: "freeze", freeze: id, forMs: 3 * dayMs },
        { id: frozen.challenge, what: "thaw", freeze: id, forMs: 0 },
      ]);
    }));

  it("needs two operators in the settings", () =>
    withKeyholder(async (test) => {
      test.operators = test.operators.slice(0, 1);
      await test.restart();
      await expect(freezeAll(test)).rejects.toThrow(refusal("freeze-unavailable"));
    }));

  it("holds for a real keyholder as for one of a demo", () =>
    withKeyholder(async (test) => {
      expect(await freezeAll(test, 30 * dayMs)).toMatchObject({ mode: "real", left: 30 * dayMs });
    }, real));
});

describe("operators in the settings", () => {
  it.each([
    ["one named twice", (key: ReturnType<typeof generateSigningKey>) => [key, key], "operator-twice"],
    [
      "one that is no safe key",
      (key: ReturnType<typeof generateSigningKey>) => [key, { ...key, publicKey: new Uint8Array(32) }],
      "operator-unsafe",
    ],
  ])("are refused with %s", (_, operators, code) =>
    withKeyholder(async (test) => {
      test.stop();
      test.operators = operators(generateSigningKey());
      await expect(test.start()).rejects.toThrow(refusal(code));
      test.operators = [];
      await test.start();
    }),
  );
});
