import { expect, it } from "vitest";
import { remember, rememberBeside, rememberOf, rememberText } from "./remembered.ts";

type Answer = {
  readonly rows: { left: number }[];
  readonly pins: Map<string, { left: number }>;
  readonly bytes: Uint8Array;
};
const answer = (): Answer => ({ rows: [{ left: 1 }], pins: new Map([["anna", { left: 1 }]]), bytes: Uint8Array.of(1) });

it.each([
  ["remember", remember(answer, () => "key")],
  ["rememberText", rememberText(answer, () => "key")],
  [
    "rememberBeside",
    (
      (beside) => () =>
        beside({})
    )(rememberBeside<object, [], Answer>(answer, () => "key")),
  ],
  [
    "rememberOf",
    (
      (of) => () =>
        of("name", {})
    )(rememberOf<object, Answer>(answer)),
  ],
])("what %s gives to many can be changed by none of them", (_, given) => {
  expect(() => given().rows.push({ left: 2 })).toThrow(TypeError);
  expect(() => (given().rows[0] ?? { left: 0 }).left++).toThrow(TypeError);
  expect(() => given().pins.set("bert", { left: 1 })).toThrow(TypeError);
  expect(() => (given().pins.get("anna") ?? { left: 0 }).left++).toThrow(TypeError);
  expect([...given().pins]).toEqual([...answer().pins]);
  expect(given().rows).toEqual(answer().rows);
});
