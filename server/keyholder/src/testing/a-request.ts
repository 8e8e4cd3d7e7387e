import { decodeBase64url, encodeBase64url } from "@afterkeep/bytes";
import { openAskChallenge } from "@afterkeep/formats";
import { openStatement, type StatementBody } from "@afterkeep/statements";
import type { Owner, Person } from "./an-owner.ts";

const asApi = { caller: "api", requestId: "test" } as const;

/** What a recipient's device sends to ask, with the proof that it holds the key. */
export async function proven(owner: Owner, b: string, { r, identity }: Pick<Person, "r" | "identity">) {
  const place = { account: owner.account, b, r };
  const { request, challenge } = await owner.handlers.proveToAsk(place, asApi);
  const { nonce } = await openAskChallenge(identity, decodeBase64url(challenge));
  return { ...place, request, nonce: encodeBase64url(nonce) };
}

/** A recipient asks for a bequest, and is told so. */
export async function ask(owner: Owner, b: string, person: Person): Promise<StatementBody<"asked">> {
  const { asked } = await owner.handlers.ask(await proven(owner, b, person), asApi);
  return openStatement("asked", asked, await owner.keyholderKey()).body;
}
