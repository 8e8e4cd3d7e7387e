import { aRecipient } from "./a-bequest.ts";
import { type Owner, randomHash } from "./an-owner.ts";

/** One more statement in the owner's chain: somebody whose key they know. */
export async function pin(owner: Owner): Promise<void> {
  const { r, ageKey } = await aRecipient(owner);
  const body = { r, ageKey, signingKey: "" as const, verified: "words" as const, contact: randomHash() };
  await owner.submit("pin", await owner.signControl("pin", (fields) => ({ ...fields, ...body })));
}
