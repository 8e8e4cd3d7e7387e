import { type Owner, signed } from "./an-owner.ts";

type Stopped = { readonly b: string; readonly policyHash: string };

/** As one of the owner's devices does it: beside the chain, which the others read. */
export async function disarm(owner: Owner, { b, policyHash }: Stopped): Promise<void> {
  const { aud, challenge } = await owner.challenge("stricter");
  const scope = b === "" ? ("account" as const) : ("bequest" as const);
  const act = { aud, account: owner.account, challenge, scope, b, policyHash, iat: 0 };
  await owner.submit("disarm", await signed("disarm", act, owner.ownerKey));
}

export async function pause(owner: Owner, { b, policyHash }: Stopped, forMs: number): Promise<void> {
  const { aud, challenge } = await owner.challenge("stricter");
  const act = { aud, account: owner.account, challenge, scope: "bequest" as const, b, policyHash, iat: 0, forMs };
  await owner.submit("pause", await signed("pause", act, owner.ownerKey));
}
