import { randomBytes } from "node:crypto";
import type { keyholderContract } from "@afterkeep/contracts";
import { connectZone } from "@afterkeep/platform";
import { zeroId } from "@afterkeep/statements";
import { parseId } from "@afterkeep/bytes";
import { z } from "zod";
import type { Siege } from "./a-siege.ts";
import { freshId, randomHash } from "./an-attackers-account.ts";
import { newestOf } from "./forged-statements.ts";
import { type KeyholderClient, placeOf } from "./the-operator.ts";

export type Method = keyof typeof keyholderContract;
export type Call = readonly [Method, (zone: KeyholderClient) => Promise<unknown>];

/** At least one call of each method, about every place that there is. */
export async function everyCall(siege: Siege): Promise<Call[]> {
  const { account } = siege.clara;
  const { token } = await siege.clock.mintToken({ account });
  const statement = newestOf(siege.chain(), "policy");
  const places = [siege.adas.b, siege.bens.b, parseId(zeroId)].flatMap((b) =>
    [siege.ada.r, siege.ben.r, parseId(zeroId)].map((r) => ({ account, b, r })),
  );
  return [
    ["info", (zone) => zone.info({})],
    ["run", (zone) => zone.run({})],
    ["outages", (zone) => zone.outages({})],
    ["freezeState", (zone) => zone.freezeState({})],
    ["orderFreeze", (zone) => zone.orderFreeze({ statements: [statement, statement] })],
    ["freezeOrders", (zone) => zone.freezeOrders({})],
    ["challenge", (zone) => zone.challenge({ account, purpose: "control" })],
    ["delegateChallenge", (zone) => zone.delegateChallenge({ account, key: randomHash() })],
    ["showReceipt", (zone) => zone.showReceipt({ receipt: statement })],
    ["submit", (zone) => zone.submit({ kind: "disarm", statement })],
    ["statements", (zone) => zone.statements({ account, from: 0, limit: 500 })],
    [
      "compareAccounts",
      (zone) => zone.compareAccounts({ accounts: [{ account, from: 0, digest: randomHash(), epoch: 1, counter: 1 }] }),
    ],
    ["compareWhole", (zone) => zone.compareWhole({ accounts: [{ account, digest: randomHash() }] })],
    ["importStatements", (zone) => zone.importStatements({ account, statements: [{ statement, receipt: statement }] })],
    [
      "importStatements",
      (zone) => zone.importStatements({ account, statements: [{ statement, receipt: statement }], more: true }),
    ],
    ["attest", (zone) => zone.attest({ account, event: randomHash() })],
    ["submitToken", (zone) => zone.submitToken({ token: randomHash(), nonce: randomHash() })],
    ["submitToken", (zone) => zone.submitToken({ token, nonce: randomHash() })],
    ["mintToken", (zone) => zone.mintToken({ account })],
    ["depositContact", (zone) => zone.depositContact({ account, sealed: junk })],
    ["switches", (zone) => zone.switches({ account })],
    ["switches", (zone) => zone.switches({ after: 0, limit: 1000 })],
    ["switches", (zone) => zone.switches({ bequests: [{ account, b: siege.adas.b }] })],
    ["probe", (zone) => zone.probe({ nonce: randomHash() })],
    ...places.flatMap(callsAbout),
  ];
}

const junk = randomBytes(900).toString("base64url");

function callsAbout(place: { account: string; b: string; r: string }): Call[] {
  const { account, b } = place;
  return [
    ["depositKey", (zone) => zone.depositKey({ ...place, g: 1 })],
    ["deposit", (zone) => zone.deposit({ ...place, g: 1, sealed: junk, outer: junk, path: junk })],
    [
      "reminderAccepted",
      (zone) => zone.reminderAccepted({ account, b, lastSign: randomHash(), phase: "grace", index: 0 }),
    ],
    ["prove", (zone) => zone.prove(place)],
    ["proveToAsk", (zone) => zone.proveToAsk(place)],
    ["ask", (zone) => zone.ask({ ...place, request: freshId(), nonce: randomHash() })],
    ["grant", (zone) => zone.grant({ ...place, decisionId: freshId(), nonce: randomHash() })],
  ];
}

/** Calls that a keyholder might have had; answers those that did something. */
export async function callWhatDoesNotExist(siege: Siege): Promise<string[]> {
  const any = { request: z.unknown(), response: z.unknown(), callers: ["api"] } as const;
  const invented = { release: any, decide: any, tick: any, share: any, export: any, setClock: any, openShare: any };
  const done: string[] = [];
  for (const name of ["api", "clock"] as const) {
    const zone = connectZone(invented, { zone: await placeOf(name, siege.product.data), to: "keyholder" });
    for (const method of ["release", "decide", "tick", "share", "export", "setClock", "openShare"] as const)
      if ((await siege.heard(zone[method](siege.adas))).ok) done.push(`${name}: ${method}`);
    await zone.close();
  }
  return done;
}
