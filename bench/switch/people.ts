import { encodeBase64url, randomBytes } from "@afterkeep/bytes";
import { ageSealSmall, parseHybridRecipient } from "@afterkeep/formats";
import { Pool } from "undici";
import { openStatement, statementIdOf } from "@afterkeep/statements";
import { Owner, randomHash, signed } from "../../tests/stack/an-owner.ts";
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

export type { Owner } from "../../tests/stack/an-owner.ts";
export type Challenger = { readonly keyholder: Uint8Array; blob: string };

/**
 * A check-in that is signed and only has to be sent; resolves once its receipt is verified. Why one sealed blob for all: sealing takes the
 * client longer than everything that is measured takes the server.
 */
export async function readyCheckIn(owner: Owner, known: Challenger): Promise<() => Promise<void>> {
  const { challenge: jws } = await owner.ask("challenge", { body: { purpose: "checkin" } });
  const { aud, challenge, blobKey, head } = openStatement("challenge", jws, known.keyholder).body;
  if (known.blob === "")
    known.blob = encodeBase64url(await ageSealSmall([parseHybridRecipient(blobKey)], randomBytes(256)));
  const facts = { aud, account: owner.account, challenge, nonce: randomHash(), seenHead: head, blob: known.blob };
  const deviceKey = encodeBase64url(owner.device.publicKey);
  const statement = await signed(
    "checkin",
    { ...facts, deviceKey, seenCheckpoint: "", answers: [], iat: 0 },
    owner.device,
  );
  const id = statementIdOf(statement);
  return async () => {
    const { receipt } = await owner.ask("checkIn", { body: { statement } });
    const { body } = openStatement("receipt", receipt, known.keyholder);
    if (body.statement !== id || body.nonce !== facts.nonce) throw new Error("a receipt for something else");
    if (body.rows.some(({ used }) => used > 120_000)) throw new Error("this check-in did not count");
  };
}
