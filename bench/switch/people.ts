import { Pool } from "undici";
import { openStatement, statementIdOf } from "@afterkeep/statements";
import { aSignedCheckIn } from "../../tests/stack/a-check-in.ts";
import { Owner } from "../../tests/stack/an-owner.ts";
import type { Answer, Asked, Stack } from "../../tests/stack/a-stack.ts";

/** Owners who signed up at a product. Their passphrases are stretched less than a person's: what a sign-up costs is not measured. */
export async function signUpOwners(url: string, count: number): Promise<Owner[]> {
  const stack = reach(url);
  const owners: Owner[] = [];
  for (let n = 0; n < count; n++) {
    const owner = new Owner(stack, `owner-${n}@example.test`);
    await owner.signUp();
    owners.push(owner);
  }
  return owners;
}

/** The same owners, with their sessions, at a product that was started again. */
export function moveTo(owners: readonly Owner[], url: string): Owner[] {
  const stack = reach(url);
  return owners.map((owner) => Object.assign(new Owner(stack, owner.email), owner, { stack }));
}

/** What of a stack an owner needs, over HTTP and in real time. */
function reach(url: string): Stack {
  const pool = new Pool(url, { connections: 32 });
  const ask = async ({ method, url: path, body, token, headers = {} }: Asked): Promise<Answer> => {
    const response = await pool.request({
      method: method as "GET" | "POST",
      path,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.body.text();
    return { status: response.statusCode, headers: {}, text, body: text === "" ? null : JSON.parse(text) };
  };
  const clock = { advance: () => {}, nowMs: () => Date.now() };
  return { ask, clock } as unknown as Stack;
}

/** A check-in that is signed and only has to be sent; resolves once its receipt is verified. */
export async function readyCheckIn(owner: Owner, keyholder: Uint8Array): Promise<() => Promise<void>> {
  const statement = await aSignedCheckIn(owner);
  return async () => {
    const { receipt } = await owner.ask("checkIn", { body: { statement } });
    const { body } = openStatement("receipt", receipt, keyholder);
    if (body.statement !== statementIdOf(statement)) throw new Error("a receipt for something else");
    if (body.rows.some(({ used }) => used > 120_000)) throw new Error("this check-in did not count");
  };
}
