import { newId } from "@afterkeep/bytes";
import type { ClockWorld } from "./a-clock-world.ts";
import { aRelease, aWithdrawal } from "./a-scripted-keyholder.ts";

export const bequestOfGrant = newId(9);

export type TestGrant = {
  decisionId: string;
  /** How far the recipient is, as the keyholder says from now on. */
  say(stage: "waiting" | "granted"): void;
  /** The owner is back, as the keyholder says from now on; nobody has heard of it. */
  sayWithdrawn(): void;
  takeBack(): Promise<void>;
  fetch(): Promise<void>;
};

/** The keyholder says that somebody's share is granted; the clock zone has not heard of it. */
export async function aGrantUnheard(
  world: ClockWorld,
  change: { decisionId?: string; decidedAt?: number; b?: string } = {},
): Promise<TestGrant> {
  const { b = bequestOfGrant, ...ofDecision } = change;
  const [place, r] = [{ account: world.account, b }, world.recipient];
  const said = world.keyholder.say(place);
  const { jws, decisionId } = await aRelease(world.keyholder.signer, said, [r], ofDecision);
  const say = (stage: "waiting" | "granted") =>
    void world.keyholder.say({ ...place, state: "releasing", release: jws, slots: [{ r, stage, withdrawn: "" }] });
  say("granted");
  const withdrawn = await aWithdrawal(world.keyholder.signer, { ...place, g: said.g, r, decisionId });
  const sayWithdrawn = () =>
    void world.keyholder.say({ ...place, state: "armed", release: "", slots: [{ r, stage: "withdrawn", withdrawn }] });
  const takeBack = async () => {
    sayWithdrawn();
    await world.aClock().readFeed();
  };
  const fetch = async () => {
    world.keyholder.say({ ...place, state: "closed", slots: [{ r, stage: "fetched", withdrawn: "" }] });
    await world.aClock().readFeed();
  };
  return { decisionId, say, sayWithdrawn, takeBack, fetch };
}

/** Somebody's share is granted, and the mail that tells them waits. */
export async function aGrant(...given: Parameters<typeof aGrantUnheard>): Promise<TestGrant> {
  const grant = await aGrantUnheard(...given);
  await given[0].aClock().readFeed();
  return grant;
}

/** Of each kind of mail, the state of the one that comes last by its effect. */
export async function stateOf(world: ClockWorld): Promise<Record<string, string>> {
  return Object.fromEntries((await world.outbox()).map(({ kind, state }) => [kind, state]));
}

export function subjectsTo(world: ClockWorld, address: string): (string | undefined)[] {
  return world.smtp.taken.filter(({ to }) => to === address).map(({ raw }) => /^Subject: (.*)\r?$/m.exec(raw)?.[1]);
}
