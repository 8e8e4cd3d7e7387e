import { decodeBase64url } from "@afterkeep/bytes";
import { generateSigningKey, type SigningKey } from "@afterkeep/crypto";
import { signStatement } from "@afterkeep/formats";
import { openStatement, type StatementBody, zeroHash } from "@afterkeep/statements";
import { dayMs, type TestKeyholder } from "./a-keyholder.ts";

const asApi = { caller: "api", requestId: "test" } as const;
type State = StatementBody<"freeze-state">;
type Order = StatementBody<"freeze">;

/** What the keyholder says of its freeze, and the challenge of the next order. */
export async function stateOfFreeze(test: TestKeyholder): Promise<State> {
  const { handlers } = test.keyholder;
  const { state } = await handlers.freezeState({}, asApi);
  return openStatement("freeze-state", state, await keyOf(test)).body;
}

async function keyOf(test: TestKeyholder): Promise<Uint8Array> {
  return decodeBase64url((await test.keyholder.handlers.info({}, asApi)).publicKey);
}

/** An order for the present state; what a test changes in it is signed with the rest. */
export async function anOrder(test: TestKeyholder, changes: Partial<Order> = {}): Promise<Order> {
  const { aud, mode, epoch, freeze, challenge } = await stateOfFreeze(test);
  return { aud, mode, epoch, what: "freeze", forMs: 10 * dayMs, freeze, challenge, iat: 0, ...changes };
}

/** Each operator's own statement over the same body. */
export function signedBy(order: Order, [first, second]: readonly SigningKey[]): [string, string] {
  const sign = (key: SigningKey | undefined) => signStatement("freeze", order, key ?? generateSigningKey());
  return [sign(first), sign(second)];
}

export async function send(test: TestKeyholder, statements: [string, string]): Promise<State> {
  const { state } = await test.keyholder.handlers.orderFreeze({ statements }, asApi);
  return openStatement("freeze-state", state, await keyOf(test)).body;
}

/** Two operators freeze everything, or renew the freeze that runs. */
export async function freezeAll(test: TestKeyholder, forMs = 10 * dayMs): Promise<State> {
  return send(test, signedBy(await anOrder(test, { forMs }), test.operators));
}

export async function thawAll(test: TestKeyholder): Promise<State> {
  return send(test, signedBy(await anOrder(test, { what: "thaw", forMs: 0 }), test.operators));
}

export { zeroHash };
