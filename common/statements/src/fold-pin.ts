import type { AccountView } from "./account-view.ts";
import type { OpenedStatement } from "./sign.ts";

/** The newest pin of a person replaces earlier ones; policies bound before keep the pin that they name. */
export function foldPin(view: AccountView, pin: OpenedStatement<"pin">): AccountView {
  const { r } = pin.body;
  return { ...view, pins: new Map(view.pins).set(r, [...(view.pins.get(r) ?? []), pin]) };
}
