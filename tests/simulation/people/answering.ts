import { encodeBase64url } from "@afterkeep/bytes";
import { AfterkeepError } from "@afterkeep/platform";
import { StatementError } from "@afterkeep/statements";
import type { Random } from "../chance/random.ts";
import { Unavailable } from "../world/ask.ts";
import { dayMs } from "../world/time.ts";
import type { Client } from "./client.ts";
import type { BequestState } from "./vault.ts";

/** An owner who was called about a request signs in and answers: says no to all, to one bequest's, or lets some go on. */
export async function answerRequests(client: Client, random: Random): Promise<void> {
  const { b, policyId } = random.pick(client.vault.bequests);
  const part = random.part();
  if (part < 0.4) return client.checkIn();
  if (part < 0.75) return client.checkIn(client.vault.device, (pending) => pending.filter(() => random.chance(0.7)));
  return part < 0.9 && policyId !== "" ? client.refuse(b, policyId) : client.refuse("", "");
}

/**
 * Once in a life, perhaps: a device is lost and revoked. Whoever found it unlocked loosened something before, perhaps, and tries to check in with it, now
 * and then.
 */
export async function loseDevice(
  client: Client,
  random: Random,
  loosen: (bequest: BequestState) => Promise<void>,
): Promise<boolean> {
  const { spare, revoked } = client.vault;
  if (spare === null || revoked.size > 0 || !random.chance(0.1)) return false;
  if (random.chance(0.7)) await loosen(random.pick(client.vault.bequests));
  await client.revoke(spare, (_id, _accepted, receipt) => {
    client.world.ledger.deviceRevoked(receipt);
    revoked.add(encodeBase64url(spare.publicKey));
    for (let i = 0; i < 3; i++) planMisuse(client, random);
  });
  return true;
}

function planMisuse(client: Client, random: Random): void {
  const { vault, world } = client;
  world.later(random.wait(90 * dayMs), `a lost device of ${vault.name}`, async () => {
    if (vault.spare === null || client.isUncertain) return;
    await client.checkIn(vault.spare).catch((error: unknown) => {
      const isExpected = error instanceof Unavailable || error instanceof AfterkeepError;
      if (!isExpected && !(error instanceof StatementError)) throw error;
    });
  });
}
