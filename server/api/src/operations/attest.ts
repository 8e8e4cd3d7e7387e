import { encodeBase64url, randomBytes } from "@afterkeep/bytes";
import type { Call } from "../context/call.ts";
import { fromWire } from "../access/wire.ts";
import { keepWeakSign } from "./keep-weak-sign.ts";

/**
 * Tells the keyholder that an owner passed every factor of a sign-in, and keeps the receipt where anything counted it. Goes on after the answer to the
 * sign-in, which neither fails nor waits for it.
 */
export async function attest(call: Call, account: string): Promise<void> {
  const { keyholder } = call.services;
  const said = { account, event: encodeBase64url(randomBytes(32)) };
  // Why once more: the answer may have been lost, and the same event is heard once.
  const { statement, receipt } = await keyholder.attest(said).catch(() => keyholder.attest(said));
  if (receipt === "") return;
  const kept = { id: fromWire(statement), jws: "" };
  await keepWeakSign(call, { kind: "attested", tenant: account, statement: kept, receipt });
}
