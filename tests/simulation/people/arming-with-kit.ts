import type { SigningKey } from "@afterkeep/crypto";
import { AfterkeepError } from "@afterkeep/platform";
import { Violation } from "../ledger/violation.ts";
import { signPolicy, type Wishes } from "./arming.ts";
import type { Client } from "./client.ts";
import type { BequestState } from "./vault.ts";

/**
 * The first arming of an owner who has their kit at hand. Before it somebody at their device tries the same without the kit, and after it with the kit, of
 * what is armed by then: neither may be taken.
 */
export async function armWithKit(client: Client, bequest: BequestState, wishes: Wishes): Promise<void> {
  const { device, revocationKey } = client.vault;
  const signBy = (kit: SigningKey) => signPolicy(client, bequest, wishes, kit);
  await expectRefused(client, "statement-kit", () => signBy(device));
  await signBy(revocationKey);
  await expectRefused(client, "statement-not-first", () => signBy(revocationKey));
}

async function expectRefused(client: Client, code: string, work: () => Promise<void>): Promise<void> {
  client.world.ledger.count("S5");
  try {
    await work();
  } catch (error) {
    if (error instanceof AfterkeepError && error.code === code) return;
    throw error;
  }
  throw new Violation("S5", `an arming was accepted that is to be refused as ${code}`);
}
